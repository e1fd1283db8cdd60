// `trader dataset verify`: reads a dataset back and holds it against its manifest. No database is asked.
import { verifyDataset, type DatasetVerification } from '@trader/session-store';
import { Progress } from '../output/progress.ts';
import { countText } from '../output/text-table.ts';
import { interruptible } from '../stop-signal.ts';

/** The exit code is 1 if anything is not as the manifest says. */
export async function verifyFolder(folder: string, { json }: { readonly json: boolean }): Promise<void> {
  await interruptible(async (signal) => {
    using progress = new Progress({ shown: !json });
    const result = await verifyDataset(folder, {
      signal,
      onProgress: (done, of) => progress.update({ doing: 'verifying', done, of, unit: 'files' }),
    });
    progress.clear();
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : datasetText(result));
    if (!result.ok) process.exitCode = 1;
  });
}

/** For people. */
function datasetText({ folder, ok, files, rows, bytes, problems, problemCount }: DatasetVerification): string {
  const said = ok ? 'as its manifest says' : 'NOT as its manifest says';
  const more = problemCount > problems.length ? `  … and ${countText(problemCount - problems.length)} more\n` : '';
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  return `${folder}  ${said}: ${countText(rows)} rows, ${countText(bytes)} bytes in ${countText(files)} files\n${lines}${more}`;
}
