import { bundle } from '@trader/tsup-config';

export default bundle({
  index: 'src/index.ts',
  wire: 'src/wire.ts',
  recordings: 'src/recordings.ts',
  'replay/index': 'src/replay/index.ts',
  'testing/index': 'src/testing/index.ts',
});
