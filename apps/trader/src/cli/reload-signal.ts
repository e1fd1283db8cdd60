// SIGUSR2 asks for the settings to be read anew. Node ends a process that does not listen for it, so the program listens before it
// is loaded; what is asked for before anybody can do it is done then. It imports nothing, to be there early.

let reload: (() => void) | null = null;
let isAsked = false;

/** Somebody wants the settings to be read anew: by a signal, or a message of the launcher. */
export function askForReload(): void {
  if (reload) reload();
  else isAsked = true;
}

/** From now on `take` is called for each time that it is asked for, and at once if it was before. */
export function onReload(take: () => void): void {
  reload = take;
  if (!isAsked) return;
  isAsked = false;
  take();
}
