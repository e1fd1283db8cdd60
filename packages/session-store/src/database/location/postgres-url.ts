// Where a PostgreSQL server is, read off a URL by PostgreSQL's own rules ("Connection URIs"), as far as the driver can keep
// them. The driver reads URLs by other rules: it takes `?host=` and `?password=` for settings of the server, and knows neither
// a percent-encoded folder nor an IPv6 address. So it is given the parts. (`pg-connection-string`, the usual library, knows one host,
// reads the files that a URL names, and passes on whatever else is in it.)
//
// What could be read in two ways is refused: a part of a password must not end up as the name of a host or of a database.

import { keepParameters } from './url-parameters.ts';

/** One server of several; they are tried in order. */
export type PostgresHost = {
  /** A name, an address (IPv6 without brackets), or the folder of a socket, which begins with `/`; `null` for the driver's own default. */
  readonly host: string | null;
  /** `null` for the driver's own default. */
  readonly port: number | null;
};

export type PostgresUrl = {
  /** At least one. */
  readonly hosts: readonly PostgresHost[];
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  /** What else stands behind the `?` and changes something: see `url-parameters.ts`. */
  readonly parameters: Readonly<Record<string, string>>;
};

/** Why a text is refused, to follow its name: "url has a # in it: …". It quotes nothing of the text. */
export type Refused = { readonly problem: string };

/** For messages: each character of a user, a password or a name that means something else where it stands. */
const encodings = 'percent-encode % as %25, / as %2F, ? as %3F, # as %23, @ as %40, : as %3A and a space as %20';

const scheme = /^postgres(?:ql)?:\/\//i;

class UnreadableUrl extends Error {}

function refuse(problem: string): never {
  throw new UnreadableUrl(problem);
}

/** @param text white space around it does not count */
export function parsePostgresUrl(text: string): PostgresUrl | Refused {
  try {
    return read(text.trim());
  } catch (error) {
    if (error instanceof UnreadableUrl) return { problem: error.message };
    throw error;
  }
}

/** A URL that {@link parsePostgresUrl} reads as the same, in one spelling. It holds the password. */
export function formatPostgresUrl({ hosts, user, password, database, parameters }: PostgresUrl): string {
  const name = encodeURIComponent;
  const secret = password === null ? '' : `:${name(password)}`;
  const who = user === null && password === null ? '' : `${name(user ?? '')}${secret}@`;
  const query = Object.entries(parameters).map(([key, value]) => `${name(key)}=${name(value)}`);
  const path = database === null ? (query.length > 0 ? '/' : '') : `/${name(database)}`;
  return `postgres://${who}${hostsText(hosts)}${path}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}

/** `h1:5432,[::1]`. */
export const hostsText = (hosts: readonly PostgresHost[]): string =>
  hosts.map(({ host, port }) => `${hostText(host ?? '')}${port === null ? '' : `:${port}`}`).join(',');

function hostText(host: string): string {
  if (host.startsWith('/')) return encodeURIComponent(host);
  return host.includes(':') ? `[${host.replace('%', '%25')}]` : host;
}

function read(text: string): PostgresUrl {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) refuse('has a line break or another control character in it');
  const begin = scheme.exec(text)?.[0];
  if (begin === undefined) refuse('must begin with postgres:// or postgresql://');
  const rest = text.slice(begin.length);
  if (rest.includes('#')) refuse(`has a # in it: ${encodings}`);
  const [, authority = '', path = '', query = ''] = /^([^/?]*)([^?]*)\??(.*)$/.exec(rest)!;
  // A password with a / or ? in it looks like this.
  if ((path + query).includes('@'))
    refuse(`has an @ behind its hosts, as when a password holds a / or a ?: ${encodings}`);
  if (/[\s"'`<>]/.test(path)) refuse(`has white space or a quote behind its hosts: ${encodings}`);
  const { host, port, user, password, dbname, ...parameters } = parametersOf(query);
  const at = authority.lastIndexOf('@');
  const [, userText = '', passwordText = ''] = /^([^:]*):?(.*)$/.exec(authority.slice(0, Math.max(0, at)))!;
  return {
    hosts: placed(authority.slice(at + 1), host, port),
    user: user || decoded(userText) || null,
    password: password || decoded(passwordText) || null,
    database: dbname || decoded(path.slice(1)) || null,
    parameters,
  };
}

function decoded(text: string): string {
  let plain = '\0';
  try {
    plain = decodeURIComponent(text);
  } catch {
    refuse(`has a % without two digits behind it: ${encodings}`);
  }
  if (plain.includes('\0')) refuse('has a %00 in it');
  if (!plain.isWellFormed()) refuse('has half of a character in it');
  return plain;
}

const ofPlace = new Set(['host', 'port', 'user', 'password', 'dbname']);

function parametersOf(query: string): Record<string, string> {
  const pairs = query.split('&').filter((pair) => pair !== '');
  const parameters = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) refuse('has something behind its ? that is not name=value');
    const name = decoded(pair.slice(0, equals));
    // Of a place as PostgreSQL reads it; of the others as drivers do.
    const value = pair.slice(equals + 1);
    return [name, decoded(ofPlace.has(name) ? value : value.replaceAll('+', ' '))] as const;
  });
  const kept = keepParameters(parameters.filter(([name]) => !ofPlace.has(name)));
  if (typeof kept === 'string') refuse(kept);
  return { ...Object.fromEntries(parameters.filter(([name]) => ofPlace.has(name))), ...kept };
}

/** The hosts of the URL, or those of `?host=`; ports likewise. */
function placed(inUrl: string, asHost: string | undefined, asPort: string | undefined): readonly PostgresHost[] {
  const given = inUrl.split(',').map((text) => {
    const [, host, port] = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(text) ?? refuse(unreadableHost);
    return { host: decoded(host!), port: port ?? '' };
  });
  const hosts = asHost ? asHost.split(',') : given.map(({ host }) => host);
  const ports = asPort ? asPort.split(',') : given.map(({ port }) => port);
  if (ports.length !== 1 && ports.length !== hosts.length) refuse('has not as many ports as hosts');
  const places = hosts.map((host, index) => ({
    host: hostOf(host, hosts.length === 1),
    port: portOf(ports[ports.length === 1 ? 0 : index]!),
  }));
  if (places.length > 1 && places.some(({ host }) => host?.startsWith('/'))) {
    refuse('has the folder of a socket beside other hosts, which is not supported: give one of them');
  }
  return places;
}

const unreadableHost =
  "has a host or a port that cannot be read: write host:5432, [::1]:5432, or a socket's folder as %2Fvar%2Frun%2Fpostgresql; " +
  `in a user or a password, ${encodings}`;

function hostOf(text: string, isOnly: boolean): string | null {
  if (text === '' && isOnly) return null;
  if (text.startsWith('/')) return text;
  const address = text.replace(/^\[(.*)\]$/, '$1');
  if (address.includes(':')) {
    const [bare = ''] = address.split('%');
    if (URL.canParse(`http://[${bare}]/`) && /^[^%]*(?:%[\w.-]+)?$/.test(address)) return address;
  } else if (/^[\p{L}\p{N}._-]+$/u.test(text)) return text;
  return refuse(unreadableHost);
}

function portOf(text: string): number | null {
  if (text === '') return null;
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65_535) refuse(unreadableHost);
  return Number(text);
}
