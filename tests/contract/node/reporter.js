// Tells of each test in a line of JSON, for test_node_clients.py: node's own reports are for people.

import { inspect } from 'node:util';

export default async function* tell(events) {
  const groups = [];
  let said = '';
  for await (const { type, data } of events) {
    if (type === 'test:start') groups.splice(data.nesting, Infinity, data.name);
    if (type === 'test:stderr') said += data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { error, type: kind } = data.details;
    // A group fails because a test in it did; only one that broke by itself is worth a line.
    const broke = type === 'test:fail' && error?.failureType !== 'subtestsFailed';
    if (kind === 'suite' && !broke) continue;
    // A file that does not even start says why on its error output.
    const reason = error?.failureType === 'testCodeFailure' && error.cause === 'test failed'
      ? new Error(said.trim() || 'the file ended early')
      : (error?.cause ?? error);
    yield `${JSON.stringify({
      name: [...groups.slice(0, data.nesting), data.name].join(': '),
      skipped: data.skip !== undefined || data.todo !== undefined,
      problem: broke ? (reason?.stack ?? inspect(reason)) : null,
    })}\n`;
  }
}
