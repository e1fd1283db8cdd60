// What people give as "the database", and what it means. One table, for the package that connects and the app that reads the
// setting: they must not differ.

type Server = {
  /** Each with its port; `null` for the driver's own default. */
  readonly hosts: readonly (readonly [host: string | null, port: number | null])[];
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** How it is called where people see it. */
  readonly shown: string;
  /** Why the driver by itself would make something else of the text; `null` where it agrees. */
  readonly unlikeDriver: string | null;
};

export type DatabaseText = {
  readonly what: string;
  readonly text: string;
  /** In the text, or what it decodes to: nobody may see any of it. */
  readonly secrets: readonly string[];
  /** A server, a folder of this path, or why it is refused. */
  readonly means: { readonly server: Server } | { readonly folder: string } | { readonly refused: RegExp };
};

/** Long enough to be found by chance nowhere. */
const SECRET = 'pw7Qz2fK9x';

const row = (what: string, text: string, means: DatabaseText['means'], secrets = [SECRET]): DatabaseText => ({
  what,
  text,
  means,
  secrets: secrets.filter((secret) => text.includes(secret) || decoded(text).includes(secret)),
});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const server = (difference: Partial<Server> = {}): DatabaseText['means'] => ({
  server: {
    hosts: [['h', null]],
    user: 'me',
    password: SECRET,
    database: 'x',
    parameters: {},
    shown: 'postgres://h/x',
    unlikeDriver: null,
    ...difference,
  },
});

const refused = (why: RegExp): DatabaseText['means'] => ({ refused: why });
const folder = (path: string): DatabaseText['means'] => ({ folder: path });

/** Such a message tells what to do about it. */
const ENCODE = /percent-encode .*\/ as %2F/;
const LOCALHOST = 'it takes the name in a certificate for the one of localhost where the host is an address';
const UNKNOWN = 'it sends what it does not know to the server as a setting';
const QUERY = 'it takes what is behind the ? for settings of the server';

const USUAL: readonly DatabaseText[] = [
  row('a whole URL', `postgres://me:${SECRET}@h/x`, server()),
  row('a port', `postgres://me:${SECRET}@h:5433/x`, server({ hosts: [['h', 5433]], shown: 'postgres://h:5433/x' })),
  row('the other scheme', `postgresql://me:${SECRET}@h/x`, server()),
  row('a scheme in capitals', `POSTGRES://me:${SECRET}@h/x`, server()),
  row('a scheme with a capital', `PostgreSQL://me:${SECRET}@h/x`, server()),
  row('spaces before it', `  postgres://me:${SECRET}@h/x`, server()),
  row('a line break behind it', `postgres://me:${SECRET}@h/x\n`, server()),
  row('no password', 'postgres://me@h/x', server({ password: null })),
  row('an empty password', 'postgres://me:@h/x', server({ password: null })),
  row('no user', 'postgres://h/x', server({ user: null, password: null })),
  row('a password without a user', `postgres://:${SECRET}@h/x`, server({ user: null })),
  row('no database', `postgres://me:${SECRET}@h`, server({ database: null, shown: 'postgres://h' })),
  row('an empty database', `postgres://me:${SECRET}@h/`, server({ database: null, shown: 'postgres://h' })),
  row(
    'an address',
    'postgres://me@10.0.0.1/x',
    server({ hosts: [['10.0.0.1', null]], password: null, shown: 'postgres://10.0.0.1/x' }),
  ),
  row(
    'a name with _ and -',
    'postgres://me@db_1.my-net/x',
    server({ hosts: [['db_1.my-net', null]], password: null, shown: 'postgres://db_1.my-net/x' }),
  ),
  row('an empty port', `postgres://me:${SECRET}@h:/x`, server()),
  row('a database with a /', `postgres://me:${SECRET}@h/x/y`, server({ database: 'x/y', shown: 'postgres://h/x%2Fy' })),
  row(
    'a database that is encoded',
    `postgres://me:${SECRET}@h/my%20books`,
    server({ database: 'my books', shown: 'postgres://h/my%20books', unlikeDriver: 'it does not decode the name' }),
  ),
];

const HOSTS: readonly DatabaseText[] = [
  row(
    'two hosts',
    `postgres://me:${SECRET}@h1,h2/x`,
    server({
      hosts: [
        ['h1', null],
        ['h2', null],
      ],
      shown: 'postgres://h1,h2/x',
    }),
  ),
  row(
    'two hosts with ports',
    `postgres://me:${SECRET}@h1:1,h2:2/x`,
    server({
      hosts: [
        ['h1', 1],
        ['h2', 2],
      ],
      shown: 'postgres://h1:1,h2:2/x',
    }),
  ),
  row(
    'a port of the second host',
    `postgres://me:${SECRET}@h1,h2:2/x`,
    server({
      hosts: [
        ['h1', null],
        ['h2', 2],
      ],
      shown: 'postgres://h1,h2:2/x',
    }),
  ),
  row(
    'a port of the first host',
    `postgres://me:${SECRET}@h1:1,h2/x`,
    server({
      hosts: [
        ['h1', 1],
        ['h2', null],
      ],
      shown: 'postgres://h1:1,h2/x',
      unlikeDriver: 'it gives the second host the port of the first',
    }),
  ),
  row(
    'a password that is called like a host',
    'postgres://me:h1@h1,h2/x',
    server({
      hosts: [
        ['h1', null],
        ['h2', null],
      ],
      password: 'h1',
      shown: 'postgres://h1,h2/x',
    }),
    [],
  ),
  row(
    'an @ in a password before two hosts',
    `postgres://me:${SECRET}@@h1,h2/x`,
    server({
      hosts: [
        ['h1', null],
        ['h2', null],
      ],
      password: `${SECRET}@`,
      shown: 'postgres://h1,h2/x',
      unlikeDriver: 'it takes the rest of the password for a host',
    }),
  ),
  row(
    'an IPv6 address',
    `postgres://me:${SECRET}@[::1]/x`,
    server({
      hosts: [['::1', null]],
      shown: 'postgres://[::1]/x',
      unlikeDriver: 'it cuts an address at its first colon',
    }),
  ),
  row(
    'IPv6 addresses with ports and a zone',
    `postgres://me:${SECRET}@[::1]:5433,[fe80::1%25eth0]:5434/x`,
    server({
      hosts: [
        ['::1', 5433],
        ['fe80::1%eth0', 5434],
      ],
      shown: 'postgres://[::1]:5433,[fe80::1%25eth0]:5434/x',
      unlikeDriver: 'it cuts an address at its first colon',
    }),
  ),
  row(
    'the folder of a socket as host',
    `postgres://me:${SECRET}@%2Fvar%2Frun%2Fpostgresql:5433/x`,
    server({
      hosts: [['/var/run/postgresql', 5433]],
      shown: 'postgres:///x?host=/var/run/postgresql&port=5433',
      unlikeDriver: 'it does not decode a host',
    }),
  ),
  row(
    'the folder of a socket as parameter',
    `postgres://me:${SECRET}@/x?host=/sock`,
    server({ hosts: [['/sock', null]], shown: 'postgres:///x?host=/sock', unlikeDriver: QUERY }),
  ),
  row(
    'the folder of a socket instead of a host',
    `postgres://me:${SECRET}@localhost/x?host=/var/run/postgresql`,
    server({
      hosts: [['/var/run/postgresql', null]],
      shown: 'postgres:///x?host=/var/run/postgresql',
      unlikeDriver: QUERY,
    }),
  ),
  row(
    'no host',
    'postgres:///x',
    server({ hosts: [[null, null]], user: null, password: null, shown: 'postgres:///x' }),
  ),
  row(
    'a port without a host',
    `postgres://me:${SECRET}@:5433/x`,
    server({ hosts: [[null, 5433]], shown: 'postgres://:5433/x', unlikeDriver: 'it cannot read it' }),
  ),
  row(
    'hosts and ports as parameters',
    'postgres:///x?host=h1,::1&port=1,2&user=me',
    server({
      hosts: [
        ['h1', 1],
        ['::1', 2],
      ],
      password: null,
      shown: 'postgres://h1:1,[::1]:2/x',
      unlikeDriver: QUERY,
    }),
  ),
  row(
    'one port for all hosts',
    'postgres://me@h1,h2/x?port=5433',
    server({
      hosts: [
        ['h1', 5433],
        ['h2', 5433],
      ],
      password: null,
      shown: 'postgres://h1:5433,h2:5433/x',
      unlikeDriver: QUERY,
    }),
  ),
  row('a socket beside a host', `postgres://me:${SECRET}@%2Fsock,h/x`, refused(/socket beside other hosts/)),
  row('more ports than hosts', `postgres://me:${SECRET}@h1,h2/x?port=1,2,3`, refused(/as many ports as hosts/)),
  row('a comma too many', `postgres://me:${SECRET}@h1,,h2/x`, refused(/host or a port/)),
  row('a port that is too large', `postgres://me:${SECRET}@h:65536/x`, refused(/host or a port/)),
  row('a port that is none', `postgres://me:${SECRET}@h:port/x`, refused(/host or a port/)),
  row('port 0', `postgres://me:${SECRET}@h:0/x`, refused(/host or a port/)),
  row('an IPv6 address that is none', `postgres://me:${SECRET}@[::zz]/x`, refused(/host or a port/)),
  row('an IPv6 address without brackets', `postgres://me:${SECRET}@::1/x`, refused(/host or a port/)),
  row('a host with a space', `postgres://me:${SECRET}@my host/x`, refused(/host or a port/)),
];

const PASSWORDS: readonly DatabaseText[] = [
  ...[
    ['/', '%2F'],
    ['#', '%23'],
    ['?', '%3F'],
    ['@', '%40'],
    [':', '%3A'],
    ['%', '%25'],
    [' ', '%20'],
    ['+', '%2B'],
    ['é', '%C3%A9'],
    ['[', '%5B'],
    ['"', '%22'],
    ['\\', '%5C'],
  ].map(([character, code]) =>
    row(
      `a password with an encoded ${character}`,
      `postgres://me:${SECRET}${code}@h/x`,
      server({ password: `${SECRET}${character}` }),
      [SECRET, `${SECRET}${character}`],
    ),
  ),
  ...['@', ':', ' ', '+', 'é', '[', ']', '"', '\\', '&', '=', ','].map((character) =>
    row(
      `a password with a plain ${character}`,
      `postgres://me:${SECRET}${character}a@h/x`,
      server({ password: `${SECRET}${character}a` }),
    ),
  ),
  row('a password with a plain /', `postgres://me:${SECRET}/a@h/x`, refused(ENCODE)),
  row('a password with a plain ?', `postgres://me:${SECRET}?a@h/x`, refused(ENCODE)),
  row('a password with a plain #', `postgres://me:${SECRET}#a@h/x`, refused(ENCODE)),
  row('a password with a plain %', `postgres://me:${SECRET}%@h/x`, refused(ENCODE)),
  row('a password with % and no digits', `postgres://me:${SECRET}%zz@h/x`, refused(ENCODE)),
  row('a password of bytes that are no text', `postgres://me:${SECRET}%ff@h/x`, refused(ENCODE)),
  // The driver connects with the user as host, and with the rest of the password as database.
  row('a password that begins like a port and has a /', `postgres://me:12/${SECRET}@h/x`, refused(ENCODE)),
  row('a password that begins like a port and has a ?', `postgres://me:12?${SECRET}@h/x`, refused(ENCODE)),
  row(
    'a password that begins like a port and looks like a parameter',
    `postgres://me:12?a=${SECRET}@h/x`,
    refused(ENCODE),
  ),
  row('a password that begins like a port and has a #', `postgres://me:12#${SECRET}@h/x`, refused(ENCODE)),
  row('a password with an @ and a /', `postgres://me:a@b/${SECRET}@h/x`, refused(ENCODE)),
  row('a password with %00', `postgres://me:${SECRET}%00@h/x`, refused(/%00/)),
  row('a password with a line break', `postgres://me:${SECRET}\n@h/x`, refused(/control character/)),
  row('a user that is encoded', `postgres://me%40desk:${SECRET}@h/x`, server({ user: 'me@desk' })),
];

const PARAMETERS: readonly DatabaseText[] = [
  row('a password as parameter', `postgres://me@h/x?password=${SECRET}`, server({ unlikeDriver: QUERY })),
  row(
    'a password as parameter, encoded',
    `postgres://me@h/x?password=${SECRET}%26%2F`,
    server({ password: `${SECRET}&/`, unlikeDriver: QUERY }),
  ),
  row(
    'a password as parameter, with a +',
    `postgres://me@h/x?password=${SECRET}+`,
    server({ password: `${SECRET}+`, unlikeDriver: QUERY }),
  ),
  row('a user as parameter', `postgres://:${SECRET}@h/x?user=me`, server({ unlikeDriver: QUERY })),
  row('a database as parameter', `postgres://me:${SECRET}@h?dbname=x`, server({ unlikeDriver: QUERY })),
  row(
    'sslmode',
    `postgres://me:${SECRET}@h/x?sslmode=verify-full`,
    server({ parameters: { sslmode: 'verify-full' }, unlikeDriver: LOCALHOST }),
  ),
  row(
    'sslmode of two hosts',
    `postgres://me:${SECRET}@h1,h2/x?sslmode=require&target_session_attrs=read-write`,
    server({
      hosts: [
        ['h1', null],
        ['h2', null],
      ],
      shown: 'postgres://h1,h2/x',
      parameters: { sslmode: 'require', target_session_attrs: 'read-write' },
    }),
  ),
  row(
    'any server of several',
    `postgres://me:${SECRET}@h/x?target_session_attrs=any`,
    server({ unlikeDriver: 'it does not know "any"' }),
  ),
  row(
    'options',
    `postgres://me:${SECRET}@h/x?options=-c%20search_path%3Da`,
    server({ parameters: { options: '-c search_path=a' } }),
  ),
  row(
    'options with a +',
    `postgres://me:${SECRET}@h/x?options=-c+a%3Db`,
    server({ parameters: { options: '-c a=b' } }),
  ),
  row(
    'options that hold a secret',
    `postgres://me@h/x?options=-c%20my.token%3D${SECRET}`,
    server({ password: null, parameters: { options: `-c my.token=${SECRET}` } }),
  ),
  row(
    'a setting of the server',
    `postgres://me:${SECRET}@h/x?application_name=desk`,
    server({ parameters: { application_name: 'desk' } }),
  ),
  // As hosts and other libraries hand them out.
  row(
    'all of PostgreSQL that says nothing here',
    `postgres://me:${SECRET}@h/x?channel_binding=prefer&gssencmode=disable&keepalives=1&client_encoding=utf8&load_balance_hosts=disable&keepalives_count=3&fallback_application_name=psql&krbsrvname=postgres`,
    server({ unlikeDriver: UNKNOWN }),
  ),
  row(
    'what a pooler is told by other libraries',
    `postgres://me:${SECRET}@h/x?pgbouncer=true&connection_limit=1&pool_timeout=15&connect_timeout=10&schema=books`,
    server({ parameters: { pgbouncer: 'true', connect_timeout: '10', schema: 'books' }, unlikeDriver: UNKNOWN }),
  ),
  row('a pooler that is none', `postgres://me:${SECRET}@h/x?pgbouncer=false`, server({ unlikeDriver: UNKNOWN })),
  row(
    'ssl, as Java writes it',
    `postgres://me:${SECRET}@h/x?ssl=true`,
    server({ parameters: { sslmode: 'require' }, unlikeDriver: 'it verifies then, whatever PostgreSQL says' }),
  ),
  row(
    'sslmode allow',
    `postgres://me:${SECRET}@h/x?sslmode=allow`,
    server({ parameters: { sslmode: 'allow' }, unlikeDriver: 'it fails where the server has no TLS' }),
  ),
  row(
    'no keepalives',
    `postgres://me:${SECRET}@h/x?keepalives=0`,
    server({ parameters: { keepalives: '0' }, unlikeDriver: UNKNOWN }),
  ),
  row(
    'sslmode on a socket',
    `postgres://me:${SECRET}@/x?host=/sock&sslmode=verify-full`,
    server({
      hosts: [['/sock', null]],
      parameters: { sslmode: 'verify-full' },
      shown: 'postgres:///x?host=/sock',
      unlikeDriver: QUERY,
    }),
  ),
  row(
    'certificates',
    `postgres://me@h/x?sslmode=disable&sslrootcert=/etc/ca.pem&sslcert=/etc/c.pem&sslkey=/etc/k.pem&sslpassword=${SECRET}`,
    server({
      password: null,
      parameters: {
        sslmode: 'disable',
        sslrootcert: '/etc/ca.pem',
        sslcert: '/etc/c.pem',
        sslkey: '/etc/k.pem',
        sslpassword: SECRET,
      },
      unlikeDriver: UNKNOWN,
    }),
  ),
  row('sslmode that there is not', `postgres://me:${SECRET}@h/x?sslmode=on`, refused(/give one of disable, allow/)),
  row('passfile', `postgres://me@h/x?passfile=/home/me/${SECRET}`, refused(/parameter passfile .*PGPASSWORD/)),
  row(
    'channel_binding',
    `postgres://me:${SECRET}@h/x?channel_binding=require`,
    refused(/channel_binding .*verify-full/),
  ),
  row('gssencmode', `postgres://me:${SECRET}@h/x?gssencmode=require`, refused(/gssencmode .*verify-full/)),
  row('a service', `postgres:///?service=books`, refused(/parameter service .*the server itself/), []),
  row(
    'a server of an unknown kind',
    `postgres://me@h/x?target_session_attrs=master`,
    refused(/one of any, read-write/),
    [],
  ),
  row('a parameter twice', `postgres://me@h/x?sslmode=require&sslmode=disable`, refused(/sslmode twice/), []),
  row('a setting that is no parameter', `postgres://me@h/x?work_mem=64MB`, refused(/options=-c%20name%3Dvalue/), []),
  row(
    'a password parameter with a plain &',
    `postgres://me@h/x?password=a&${SECRET}=1`,
    refused(/an & in a password as %26/),
  ),
  row('something behind the ?', `postgres://me@h/x?${SECRET}`, refused(/name=value/)),
  row('a fragment', `postgres://me@h/x#${SECRET}`, refused(ENCODE)),
];

const NOT_POSTGRES: readonly DatabaseText[] = [
  ...[
    ['a short scheme', `pg://me:${SECRET}@h/x`],
    ["SQLAlchemy's scheme", `postgresql+psycopg2://me:${SECRET}@h/x`],
    ['another database', `mysql://me:${SECRET}@h/x`],
    ['a file', `file:///srv/${SECRET}`],
    ['a scheme without slashes', `postgres:me:${SECRET}@h/x`],
    ['a scheme with one slash', `postgres:/me:${SECRET}@h/x`],
    ['a scheme without its colon', `postgres//me:${SECRET}@h/x`],
    ['no scheme', `me:${SECRET}@h/x`],
    ['no scheme but slashes', `//me:${SECRET}@h/x`],
    ['a URL that is encoded', `postgres%3A%2F%2Fme%3A${SECRET}%40h%2Fx`],
    ['a folder with a colon', 'data:old'],
  ].map(([what, text]) => row(what!, text!, refused(/looks like a URL/))),
  row("Java's URL", `jdbc:postgresql://h/x?user=me&password=${SECRET}`, refused(/before postgres:\/\//)),
  row('a whole assignment', `DATABASE_URL=postgres://me:${SECRET}@h/x`, refused(/before postgres:\/\//)),
  row('a line of a shell', `export DATABASE_URL="postgres://me:${SECRET}@h/x"`, refused(/before postgres:\/\//)),
  row('a command', `psql postgres://me:${SECRET}@h/x`, refused(/before postgres:\/\//)),
  row('a command with flags', `psql -h h -U me`, refused(/is no URL/), []),
  row('a space without a width before it', `\u200bpostgres://me:${SECRET}@h/x`, refused(/before postgres:\/\//)),
  row('double quotes', `"postgres://me:${SECRET}@h/x"`, refused(/in quotes/)),
  row('single quotes', `'postgres://me:${SECRET}@h/x'`, refused(/in quotes/)),
  row('a quote behind it', `postgres://me:${SECRET}@h/x"`, refused(/quote behind/)),
  row('a flag behind it', `postgres://me:${SECRET}@h/x -c select`, refused(/white space/)),
  row('key=value', `host=h user=me password=${SECRET} dbname=x`, refused(/is no URL/)),
  row('key = value', `password = '${SECRET}' host = h`, refused(/is no URL/)),
  row('Key=Value;', `Server=h;User Id=me;Password=${SECRET}`, refused(/is no URL/)),
  row('two lines', `data\n${SECRET}`, refused(/control character/)),
];

const FOLDERS: readonly DatabaseText[] = [
  row('a folder', 'data', folder('data')),
  row('a folder with a colon, as a path', './data:old', folder('./data:old')),
  row('a whole path', '/srv/trader/data', folder('/srv/trader/data')),
  row('a whole path with a colon and an @', '/srv/a:b@c', folder('/srv/a:b@c')),
  row('a path of Windows', 'C:\\data', folder('C:\\data')),
  row('a path of Windows with a slash', 'c:/data', folder('c:/data')),
  row('a share of Windows', '\\\\machine\\data', folder('\\\\machine\\data')),
  row('a folder with a space', 'my data', folder('my data')),
  row('a folder with an @', 'me@desk', folder('me@desk')),
  row('spaces around a folder', ' data ', folder('data')),
];

export const databaseTexts: readonly DatabaseText[] = [
  ...USUAL,
  ...HOSTS,
  ...PASSWORDS,
  ...PARAMETERS,
  ...NOT_POSTGRES,
  ...FOLDERS,
];
