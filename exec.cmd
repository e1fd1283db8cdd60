@rem For cmd on Windows, which has no exec: the scripts of package.json begin with it, so that sh does not stay between npm and them.
@%*
