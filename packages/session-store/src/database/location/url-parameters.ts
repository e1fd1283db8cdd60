// What may stand behind the ? of a PostgreSQL URL: libpq's own parameters, and those that hosts and other libraries hand out. Each is
// honoured, or says nothing to us and is left out, or is refused with what to do instead: a connection must not be less safe than its
// URL says, and no parameter reaches the server as a setting that it does not know.

type Rule = {
  /** Values that are kept, for `driver-options.ts`. */
  readonly kept?: RegExp;
  /** Values that change nothing here. */
  readonly idle?: RegExp;
  /** What to do in place of any other. */
  readonly instead: string;
};

const some = /./;
const whole = /^\d{1,9}$/;
const yes = /^(?:true|1)$/;
const no = /^(?:false|0)$/;

const leaveOut = 'leave it out';
const number = 'give a whole number';
const path = 'give the path of a file';
const verifyFull = 'leave it out, and give sslmode=verify-full, which keeps others out of the middle too';
const notRead = 'give the server itself in the URL, and the password there or as PGPASSWORD';
const lessSafe = 'it is not supported, and the connection would be less safe without it';

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
const servers = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'];

const oneOf = (values: readonly string[]) => new RegExp(`^(?:${values.join('|')})$`);
const giveOne = (values: readonly string[]) => `give one of ${values.join(', ')}`;

const each = (names: string, rule: Rule): Readonly<Record<string, Rule>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

const rules: Readonly<Record<string, Rule>> = {
  application_name: { kept: some, idle: /^$/, instead: leaveOut },
  options: { kept: some, idle: /^$/, instead: leaveOut },
  search_path: { kept: some, instead: leaveOut },
  schema: { kept: some, instead: 'give the name of a schema' },
  connect_timeout: { kept: whole, instead: number },
  target_session_attrs: { kept: oneOf(servers.slice(1)), idle: /^any$/, instead: giveOne(servers) },
  keepalives: { kept: /^0$/, idle: /^1$/, instead: 'give 0 or 1' },
  keepalives_idle: { kept: whole, instead: number },
  // The system's own are as good.
  ...each('keepalives_count keepalives_interval tcp_user_timeout', { idle: whole, instead: number }),

  sslmode: { kept: oneOf(sslModes), instead: giveOne(sslModes) },
  sslnegotiation: { kept: /^direct$/, idle: /^postgres$/, instead: 'give postgres or direct' },
  ...each('sslrootcert sslcert sslkey', { kept: some, instead: path }),
  sslpassword: { kept: some, idle: /^$/, instead: leaveOut },
  // Node takes nothing older than TLS 1.2.
  ssl_min_protocol_version: { kept: /^TLSv1\.3$/, idle: /^(?:TLSv1(?:\.[12])?)?$/, instead: 'give TLSv1.2 or TLSv1.3' },
  sslcertmode: { idle: /^allow$/, instead: leaveOut },
  sslcompression: { idle: /^0$/, instead: leaveOut },
  sslsni: { idle: /^1$/, instead: leaveOut },
  channel_binding: { idle: /^(?:disable|prefer)$/, instead: verifyFull },
  gssencmode: { idle: /^(?:disable|prefer)$/, instead: verifyFull },
  gssdelegation: { idle: /^0$/, instead: leaveOut },
  ...each('krbsrvname gsslib fallback_application_name', { idle: /^/, instead: leaveOut }),
  client_encoding: { idle: /^(?:utf-?8|auto)$/i, instead: 'leave it out: it is UTF-8' },
  load_balance_hosts: { idle: /^disable$/, instead: 'leave it out: hosts are tried in order' },
  min_protocol_version: { idle: /^3\.0$/, instead: leaveOut },
  max_protocol_version: { idle: /^(?:3\.\d|latest)$/, instead: leaveOut },

  // Of poolers and of other libraries.
  pgbouncer: { kept: yes, idle: no, instead: 'give true or false' },
  statement_cache_size: { kept: /^0$/, idle: whole, instead: number },
  uselibpqcompat: { idle: yes, instead: leaveOut },
  ...each('connection_limit pool_timeout', { idle: whole, instead: number }),

  ...each('passfile service servicefile', { instead: notRead }),
  hostaddr: { instead: 'give the address as the host' },
  replication: { instead: leaveOut },
  ...each('requirepeer require_auth requiressl sslcrl sslcrldir ssl_max_protocol_version', { instead: lessSafe }),
  ...each(
    'sslkeylogfile scram_client_key scram_server_key oauth_client_id oauth_client_secret oauth_issuer oauth_scope',
    { instead: 'it is not supported: leave it out' },
  ),
};

/** `ssl=true`, as in URLs of Java and of Node. */
const ssl: Readonly<Record<string, string>> = {
  true: 'require',
  1: 'require',
  require: 'require',
  false: 'disable',
  0: 'disable',
};

/**
 * @param given each once, in order
 * @returns those that are kept, or why one is refused, to follow "url "
 */
export function keepParameters(
  given: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string>> | string {
  const kept: Record<string, string> = {};
  for (const [index, [asGiven, asValue]] of given.entries()) {
    const isSsl = asGiven === 'ssl' && Object.hasOwn(ssl, asValue);
    const [name, value] = isSsl ? ['sslmode', ssl[asValue]!] : [asGiven, asValue];
    // An unknown name is not shown: it may be what follows an & in a password.
    if (!Object.hasOwn(rules, name)) return `has as its parameter number ${index + 1} ${unknown}`;
    const { kept: keep, idle, instead } = rules[name]!;
    if (keep?.test(value)) {
      if (Object.hasOwn(kept, name)) return `has the parameter ${name} twice`;
      kept[name] = value;
    } else if (!idle?.test(value)) return `has the parameter ${name} with a value that is not supported: ${instead}`;
  }
  return kept;
}

const unknown =
  "one that is not known: leave it out; a server's setting is written as options=-c%20name%3Dvalue, and an & in a password as %26";
