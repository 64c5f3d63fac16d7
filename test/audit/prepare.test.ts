import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCatching } from '../../src/audit/prepare.ts';
import { listenerOn } from '../support/listener-on.ts';
import { folderFor } from '../support/program.ts';
import { freePort } from '../support/socket-server.ts';
import { until } from '../support/until.ts';

test('a catcher of the audit that stops listening is a fault of its source', async (context) => {
  const port = await freePort();
  const { source, catcher } = await startCatching({ catch: `127.0.0.1:${port}` });
  context.onTestFinished(() => catcher?.close());
  expect(source?.faults()).toEqual([]);
  listenerOn(port).close();
  await until('the fault', () => source?.faults().length === 1);
  expect(source?.faults()).toEqual([expect.stringContaining('stopped listening')]);
});

test('a caught file that no catcher writes is a fault of its source', async (context) => {
  const { source, catcher } = await startCatching({ caught: join(folderFor(context), 'caught.ndjson') });
  context.onTestFinished(() => catcher?.close());
  expect(source?.faults()).toEqual([
    expect.stringContaining('No running `relayproof catch'),
    expect.stringContaining('does not exist'),
  ]);
});
