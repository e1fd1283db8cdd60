// What commander says of a command line it cannot read, without what may be a secret: it quotes the value with an unknown
// option, and every word that it has no place for.

const OPTION = /^(--?[a-z][a-z-]*?)(?:[=\d][^]*)?$/i;

/** `error: …` as it may be shown. */
export function usageError(text: string): string {
  return text
    .replace(
      /(unknown option) '([^]*)'(?=\s*$|\n\(Did you mean)/,
      (_, said: string, option: string) => `${said} '${nameOf(option)}'`,
    )
    .replace(/(unknown command) '[^]*'(?=\s*$)/, '$1')
    .replace(/(but got \d+): [^]*(?=\.\s*$)/, '$1')
    .replace(/(argument|argument value) '([^]*)' (is invalid)/, (_, what: string, value: string, said: string) =>
      isPlain(value) ? `${what} '${value}' ${said}` : `${what} ${said}`,
    );
}

function nameOf(option: string): string {
  const [, name = '-'] = OPTION.exec(option) ?? [];
  // `-pSECRET`, as other programs have it.
  const shown = name.startsWith('--') ? name : name.slice(0, 2);
  return shown === option ? option : `${shown}…`;
}

/** What has no room for a password beside what it is. */
const isPlain = (value: string): boolean => value.length <= 40 && !/[@?#=\n]|:\/\//.test(value);
