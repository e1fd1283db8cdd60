// Uses one core until its parent, whose process id it is given, is gone.
const parent = Number(process.argv[2]);

function spin() {
  for (const untilMs = performance.now() + 100; performance.now() < untilMs;);
  if (process.ppid === parent) setImmediate(spin);
}

spin();
