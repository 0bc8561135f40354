import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { controlContract } from './control.ts';
import { ALIASES } from './control-routes.ts';
import { errorSchema, plainRoutes } from './plain-routes.ts';
import { routeAt, type WantedRoute } from './roles.ts';
import { SESSION_COOKIE } from './session-cookie.ts';
import { VERSION } from './version.ts';

/** As much of an operation of OpenAPI as is completed here. */
interface ApiOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly [key: string]: unknown;
}

type ApiPaths = Record<string, Record<string, ApiOperation>>;

/** What the groups of operations are about; the first word of an operation's name is its group. */
const groups: Readonly<Record<string, string>> = {
  health: 'How the central is',
  ready: 'How the central is',
  activity: 'How the central is',
  events: 'How the central is',
  metrics: 'How the central is',
  session: 'How the central is',
  document: 'How the central is',
  videos: 'What there is',
  listar: 'What there is',
  files: 'What there is',
  statistics: 'What there is',
  trash: 'What there is',
  manifests: 'What there is',
  upload: 'Bringing files',
  uploads: 'Bringing files',
  clients: 'Downloads',
  tickets: 'Downloads',
  peers: 'Peers',
  channels: 'Live channels',
  nodes: 'Secondaries',
};

const about: Readonly<Record<string, string>> = {
  'What there is': 'The catalogue, and the files themselves.',
  'Bringing files': 'From a form or curl in one request, or in pieces that can be gone on with.',
  Downloads: 'Turns, for programs that fetch from several secondaries at once.',
  Peers: 'Clients that serve what they have.',
  'Live channels': 'Who broadcasts tells of them; browsers and players watch them here.',
  Secondaries: 'What they tell, and what is decided about them.',
  'How the central is': 'For people, monitors and balancers.',
};
const OTHERS = 'Others';

/** The control plane and the plain routes of a central, as OpenAPI 3.1. */
export async function apiDocument(): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(controlContract, {
    info: {
      title: 'videopartes central',
      version: VERSION,
      description: 'What a central answers to programs and people. Every error is `{code, message, details}`; codes stay as they are.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This central' }],
    components: {
      securitySchemes: {
        secret: { type: 'http', scheme: 'bearer', description: 'The secret of a role (SECRETO at the console). Where only its own machine reaches the central, nobody needs one.' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'What POST /sesion gives a browser; good for reading only.' },
        token: { type: 'apiKey', in: 'query', name: 'token', description: 'For one file; the addresses of /library.m3u have it where it is needed.' },
      },
    },
    customErrorResponseBodySchema: () => errorSchema as object,
  });
  const described = { ...(document.paths as ApiPaths), ...(plainRoutes as ApiPaths) };
  for (const [path, of] of ALIASES) described[path] = { get: { ...described[of]!['get'], operationId: path.slice(1), summary: `What GET ${of} answers, by its older name` } };
  const paths = Object.entries(described).map(([path, methods]) => [path, completed(path, methods)] as const);
  const tags = Object.entries({ ...about, [OTHERS]: 'What else there is.' }).map(([name, description]) => ({ name, description }));
  const used = new Set(paths.flatMap(([, methods]) => Object.values(methods).map(({ tags: [tag] }) => tag)));
  return { ...document, tags: tags.filter(({ name }) => used.has(name)), paths: Object.fromEntries(paths) };
}

/** With who may ask for it, and the group it belongs to. */
function completed(path: string, methods: Readonly<Record<string, ApiOperation>>) {
  return Object.fromEntries(
    Object.entries(methods).map(([method, operation]) => {
      const route = routeAt(method.toUpperCase(), ALIASES.get(path) ?? path.replace(/\{\w+\}/g, '1'))!;
      const group = groups[operation.operationId!.split('.')[0]!] ?? OTHERS;
      return [method, { ...operation, tags: [group], 'x-role': route.access, security: securityOf(route) }];
    }),
  );
}

/** Reading is open to everybody, unless the central was started with `--lectura secreta`. */
function securityOf({ access, proofs }: WantedRoute): readonly object[] {
  if (access === 'anyone') return [];
  const ways = ['secret', ...proofs].map(way => ({ [way]: [] }));
  return access === 'reader' ? [{}, ...ways] : ways;
}
