import { sharedProject } from '@trader/vitest-config';

export default sharedProject(['test/real-sockets.test.ts', 'test/reconnects.test.ts']);
