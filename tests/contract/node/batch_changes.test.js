// Many operations in one call, and what changed since a moment, for every entity.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ENTITIES } from './entities.js';
import { call, fresh, refused } from './simulator.js';

const version = ({ Id, SyncToken }) => ({ Id, SyncToken });

async function batch(...items) {
  const answers = (await call('batch', items)).BatchItemResponse;
  assert.equal(answers.length, items.length);
  return Object.fromEntries(answers.map((one) => [one.bId, one]));
}

describe('A batch', () => {
  for (const row of ENTITIES) {
    test(`creates, changes, finds and ends a record: ${row.kind}`, async () => {
      const { kind } = row;
      const item = { bId: 'made', operation: 'create', [kind]: await row.body() };
      const { made } = await batch(item);
      const record = made[kind];
      assert.match(record?.Id ?? '', /^\d+$/, JSON.stringify(made));

      const items = [{ bId: 'found', Query: `select * from ${kind} where Id = '${record.Id}'` }];
      if (row.change) {
        const changed = { ...version(record), sparse: true, ...row.change };
        items.push({ bId: 'changed', operation: 'update', [kind]: changed });
      }
      const answers = await batch(...items);
      assert.equal(answers.found.QueryResponse[kind][0].Id, record.Id);
      if (row.change) assert.equal(answers.changed[kind].SyncToken, '1');

      if (row.ends === 'delete') {
        const last = version(answers.changed[kind]);
        const gone = (await batch({ bId: 'gone', operation: 'delete', [kind]: last })).gone;
        assert.equal(gone[kind].status, 'Deleted');
      }
    });
  }

  test('does the rest although one part is refused', async () => {
    const DisplayName = fresh('Batch');
    const answers = await batch(
      { bId: 'a', operation: 'create', Customer: { DisplayName } },
      { bId: 'b', operation: 'update', Customer: { Id: '99999999', SyncToken: '0' } },
      { bId: 'c', operation: 'create', Vendor: { DisplayName: `${DisplayName} Ltd` } },
      { bId: 'd', Query: 'select nonsense' },
    );
    assert.equal(answers.a.Customer.DisplayName, DisplayName);
    assert.equal(answers.b.Fault.Error[0].code, '610');
    assert.equal(answers.c.Vendor.DisplayName, `${DisplayName} Ltd`);
    assert.equal(answers.d.Fault.Error[0].code, '4000');
  });

  test('has no more than thirty parts', async () => {
    const items = Array.from({ length: 31 }, (_none, place) => ({
      bId: `${place}`,
      Query: 'select count(*) from Customer',
    }));
    await refused(call('batch', items), '1040');
  });
});

describe('Changed data', () => {
  for (const row of ENTITIES.filter((one) => one.cdc)) {
    test(`tells of a ${row.kind} and of its end`, async () => {
      const { kind } = row;
      const since = new Date(Date.now() - 1000);
      const own = async (id) => {
        const answer = await call('changeDataCapture', [kind], since);
        const rows = answer.CDCResponse[0].QueryResponse[0][kind] ?? [];
        return rows.find((one) => one.Id === id);
      };
      const record = await call(`create${kind}`, await row.body());
      assert.deepEqual(await own(record.Id), record);
      if (row.ends === 'delete') {
        await call(`delete${kind}`, version(record));
        assert.equal((await own(record.Id)).status, 'Deleted');
      } else {
        const after = await call(`update${kind}`, { ...version(record), Active: false });
        assert.deepEqual(await own(record.Id), after);
      }
    });
  }

  test('comes entity by entity, in the order they were asked for', async () => {
    const since = new Date(Date.now() - 1000);
    const { Id } = await call('createVendor', { DisplayName: fresh('Order') });
    const kinds = ['Employee', 'Vendor', 'Department'];
    const answer = await call('changeDataCapture', kinds.join(','), since);
    const parts = answer.CDCResponse[0].QueryResponse;
    assert.equal(parts.length, kinds.length);
    assert.ok(parts[1].Vendor.some((one) => one.Id === Id));
  });

  test('is empty for a moment to come', async () => {
    const since = new Date(Date.now() + 3_600_000);
    const answer = await call('changeDataCapture', ['Customer'], since);
    assert.deepEqual(answer.CDCResponse[0].QueryResponse, [{}]);
  });

  test('reaches back thirty days only', async () => {
    const since = new Date(Date.now() - 32 * 86_400_000);
    const problem = await call('changeDataCapture', ['Customer'], since).catch((reason) => reason);
    assert.equal(problem.response?.status, 400);
  });

  test('does not know what is no entity', async () => {
    const problem = await call('changeDataCapture', ['Shoe'], new Date()).catch((reason) => reason);
    assert.equal(problem.response?.status, 400);
  });
});
