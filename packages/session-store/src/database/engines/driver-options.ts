// The driver's options for a database. It gets the parts, because it reads URLs by rules of its own, and throws errors that
// quote a URL it cannot read.
import type postgres from 'postgres';
import type { PostgresUrl } from '../location/postgres-url.ts';

/** What the driver takes where nothing is said; it wants a port beside each of several hosts. */
const defaultPort = 5432;

type Place = Pick<postgres.Options<Record<string, never>>, 'host' | 'port' | 'path' | 'user' | 'password' | 'database'>;

/** The driver takes several; its types say one. */
type Hosts = { readonly host: readonly string[]; readonly port: readonly number[] };

/**
 * The two arguments of `postgres()`: a URL that has nothing but parameters, which the driver and the server read themselves, and
 * options. What neither names is the driver's to find: in the variables `PGHOST`, `PGPASSWORD` and so on, or its defaults.
 */
export function driverOptions(
  { hosts, user, password, database, parameters }: PostgresUrl,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly [url: string, options: Place] {
  const url = `postgres:///?${new URLSearchParams(parameters).toString()}`;
  const who = {
    ...(user !== null && { user }),
    ...(password !== null && { password }),
    ...(database !== null && { database }),
  };
  const [first] = hosts;
  if (!first || first.host === null) return [url, { ...who, ...(first?.port && { port: first.port }) }];
  const otherwise = Number(environment['PGPORT']) || defaultPort;
  const names = hosts.map(({ host }) => host!);
  const ports = hosts.map(({ port }) => port ?? otherwise);
  const path = first.host.startsWith('/') ? { path: `${first.host}/.s.PGSQL.${ports[0]}` } : {};
  const several: Hosts = { host: names, port: ports };
  return [url, { ...who, ...path, ...(several as unknown as Place) }];
}
