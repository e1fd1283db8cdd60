// The driver's options for a host of a database. It gets the parts, because it reads URLs by rules of its own, and throws errors that
// quote a URL it cannot read.
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type postgres from 'postgres';
import { SessionStoreError } from '../../errors.ts';
import { clauseOf } from '../clause-of.ts';
import { errnoText } from '../errno-text.ts';
import type { PostgresHost, PostgresUrl } from '../location/postgres-url.ts';
import type { WantedServer } from './choose-host.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Driver = postgres.Options<Record<string, never>>;

/** A place and how to speak to it. `ssl` is the driver's own word where it has one. */
export type DriverOptions = Pick<Driver, 'host' | 'port' | 'path' | 'user' | 'password' | 'database'> & {
  readonly ssl: false | 'prefer' | 'require' | ConnectionOptions;
  readonly sslnegotiation?: 'direct';
  readonly prepare: boolean;
  readonly keep_alive?: number;
  readonly connection: Readonly<Record<string, string>>;
};

/** What the driver takes where nothing is said. */
const defaultPort = 5432;

/** Where nothing is said: so that an operator who looks at the server's connections knows whose they are. */
const applicationName = 'session-store';

/** The hosts to try, in order: those of the URL, or several that the environment names. */
export function hostsOf({ hosts }: PostgresUrl, environment: Environment = process.env): readonly PostgresHost[] {
  const ofEnvironment = (environment['PGHOST'] ?? '').split(',');
  if (hosts[0]?.host !== null || ofEnvironment.length === 1) return hosts;
  const ports = (environment['PGPORT'] ?? '').split(',');
  return ofEnvironment.map((host, index) => ({
    host,
    port: hosts[0]?.port ?? (Number(ports[ports.length === 1 ? 0 : index]) || null),
  }));
}

/** What kind of server the URL asks for. */
export const wantedServer = ({ parameters }: PostgresUrl, environment: Environment = process.env): WantedServer =>
  (parameters['target_session_attrs'] ?? environment['PGTARGETSESSIONATTRS'] ?? 'any') as WantedServer;

/**
 * The argument of `postgres()` for one host. What the URL does not name is the driver's to find: in the variables `PGHOST`,
 * `PGPASSWORD` and so on, or its defaults.
 *
 * @throws {SessionStoreError} DATABASE_REFUSED for a certificate that cannot be read
 */
export function driverOptions(
  { user, password, database, parameters }: PostgresUrl,
  { host, port }: PostgresHost,
  environment: Environment = process.env,
): DriverOptions {
  const isSocket = (host ?? environment['PGHOST'] ?? '').startsWith('/');
  const { keepalives, keepalives_idle, sslnegotiation } = parameters;
  const settings = ['options', 'search_path'].filter((name) => parameters[name] !== undefined);
  return {
    ...(user !== null && { user }),
    ...(password !== null && { password }),
    ...(database !== null && { database }),
    ...placeOf(host, port, environment),
    // A socket is as safe as its folder, and nothing else is spoken there.
    ssl: isSocket ? false : sslOf(parameters, host ?? environment['PGHOST'] ?? 'localhost', environment),
    ...(sslnegotiation === 'direct' && { sslnegotiation }),
    prepare: parameters['pgbouncer'] === undefined && parameters['statement_cache_size'] === undefined,
    ...(keepalives === '0' && { keep_alive: 0 }),
    ...(keepalives !== '0' && Number(keepalives_idle) > 0 && { keep_alive: Number(keepalives_idle) }),
    connection: {
      application_name: parameters['application_name'] ?? environment['PGAPPNAME'] ?? applicationName,
      ...Object.fromEntries(settings.map((name) => [name, parameters[name]!])),
    },
  };
}

function placeOf(host: string | null, port: number | null, environment: Environment) {
  if (host === null) return port === null ? {} : { port };
  const there = port ?? (Number(environment['PGPORT']) || defaultPort);
  // As lists, because the driver would take an address of IPv6 apart at its colons; its types say one.
  const place = { host: [host] as unknown as string, port: [there] as unknown as number };
  return host.startsWith('/') ? { ...place, path: `${host}/.s.PGSQL.${there}` } : place;
}

/** Checks what PostgreSQL's own library checks, or more. */
function sslOf(
  parameters: Readonly<Record<string, string>>,
  host: string,
  environment: Environment,
): DriverOptions['ssl'] {
  const of = (name: string) => parameters[name] ?? environment[`PG${name.toUpperCase()}`];
  const [rootPath, certPath, keyPath] = ['sslrootcert', 'sslcert', 'sslkey'].map(of);
  const mode = of('sslmode') ?? (rootPath === 'system' ? 'verify-full' : 'disable');
  if (mode === 'disable') return false;
  const files = {
    ...(rootPath !== undefined && rootPath !== 'system' && { ca: fileOf('sslrootcert', rootPath) }),
    ...(certPath !== undefined && { cert: fileOf('sslcert', certPath) }),
    ...(keyPath !== undefined && { key: fileOf('sslkey', keyPath) }),
    ...(parameters['sslpassword'] !== undefined && { passphrase: parameters['sslpassword'] }),
    ...(parameters['ssl_min_protocol_version'] !== undefined && { minVersion: 'TLSv1.3' as const }),
  };
  if ((certPath === undefined) !== (keyPath === undefined)) refuse('sslcert and sslkey go together: give both');
  if (mode === 'allow' || mode === 'prefer') {
    if (certPath !== undefined) refuse('sslcert needs sslmode=require, verify-ca or verify-full');
    return 'prefer';
  }
  if (mode === 'verify-full' || rootPath === 'system') return { ...files, host, rejectUnauthorized: true };
  // With a root certificate `require` has always meant `verify-ca`.
  if (mode === 'verify-ca' || rootPath !== undefined)
    return { ...files, host, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return Object.keys(files).length === 0 ? 'require' : { ...files, rejectUnauthorized: false };
}

function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    return refuse(`the file of ${name} cannot be read: ${errnoText(cause)}`);
  }
}

function refuse(why: string): never {
  throw new SessionStoreError('DATABASE_REFUSED', `The url of the database cannot be used: ${clauseOf(why)}.`, {
    retryable: false,
  });
}
