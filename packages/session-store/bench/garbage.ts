import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** A full collection, so that no contender pays for the one before it. */
export const collectGarbage = runInNewContext('gc') as () => void;
