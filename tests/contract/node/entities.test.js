// Every entity of node-quickbooks: created, read, changed, found, counted and ended.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ENTITIES, READ_ONLY } from './entities.js';
import { call, refused } from './simulator.js';

const UNKNOWN = '99999999';

for (const row of ENTITIES) {
  describe(row.kind, () => {
    const create = async () => call(`create${row.kind}`, await row.body());
    const read = (id) => call(`get${row.kind}`, id);
    const update = (record) => call(`update${row.kind}`, record);
    const find = async (criteria) =>
      (await call(`find${row.plural}`, criteria)).QueryResponse[row.kind] ?? [];
    const version = ({ Id, SyncToken }) => ({ Id, SyncToken });

    test('is read as it was created', async () => {
      const body = await row.body();
      const record = await call(`create${row.kind}`, structuredClone(body));
      assert.match(record.Id, /^\d+$/);
      assert.equal(record.SyncToken, '0');
      assert.ok(!Number.isNaN(Date.parse(record.MetaData.CreateTime)));
      for (const [field, value] of Object.entries(body)) {
        if (typeof value !== 'object') assert.equal(record[field], value, field);
        else if (value.value) assert.equal(record[field].value, value.value, field);
      }
      assert.deepEqual(await read(record.Id), record);
    });

    test('is found by its id, and counted', async () => {
      const record = await create();
      assert.deepEqual(await find({ Id: record.Id }), [record]);
      const counted = await call(`find${row.plural}`, { Id: record.Id, count: true });
      assert.equal(counted.QueryResponse.totalCount, 1);
      assert.deepEqual(await find({ Id: UNKNOWN }), []);
    });

    test('refuses an id it never gave', async () => {
      await refused(read(UNKNOWN), '610');
    });

    if (row.change) changes({ row, create, read, update, version });
    if (row.name) names({ row, create });
    if (row.ends === 'deactivate') deactivation({ row, create, find, read, update, version });
    if (row.ends === 'delete') deletion({ row, create, find, read, version });
  });
}

function changes({ row, create, read, update, version }) {
  test('keeps the rest when some fields are changed', async () => {
    const before = await create();
    const after = await update({ ...version(before), ...row.change });
    assert.equal(after.SyncToken, '1');
    const same = ({ SyncToken, MetaData, ...rest }) => rest;
    assert.deepEqual(same(after), { ...same(before), ...row.change });
    assert.deepEqual(await read(before.Id), after);
  });

  test('takes back the whole record that was read', async () => {
    const before = await read((await create()).Id);
    const after = await update({ ...before, ...row.change, sparse: false });
    for (const [field, value] of Object.entries(row.change)) assert.equal(after[field], value);
    assert.equal(after.SyncToken, '1');
    assert.deepEqual(after.Line?.length, before.Line?.length);
    assert.equal(after.TotalAmt, before.TotalAmt);
  });

  test('refuses a change of an old version', async () => {
    const record = await create();
    await update({ ...version(record), ...row.change });
    await refused(update({ ...version(record), ...row.change }), '5010');
    assert.equal((await read(record.Id)).SyncToken, '1');
  });
}

function names({ row, create }) {
  test('has a name nobody else has', async () => {
    const record = await create();
    const again = { ...(await row.body()), [row.name]: record[row.name] };
    await refused(call(`create${row.kind}`, again), '6240');
  });
}

function deactivation({ row, create, find, read, update, version }) {
  test('is hidden once it is inactive, and is still there', async () => {
    const record = await create();
    const after = await update({ ...version(record), Active: false });
    assert.equal(after.Active, false);
    assert.match(after[row.name], / \(deleted\)$/);
    assert.deepEqual(await find({ Id: record.Id }), []);
    assert.deepEqual(await find({ Id: record.Id, Active: [true, false] }), [after]);
    assert.deepEqual(await read(record.Id), after);
  });
}

function deletion({ row, create, find, read, version }) {
  test('is gone after it was deleted', async () => {
    const record = await create();
    const answer = await call(`delete${row.kind}`, version(record));
    assert.equal(answer[row.kind].status, 'Deleted');
    assert.equal(answer[row.kind].Id, record.Id);
    await refused(read(record.Id), '610');
    assert.deepEqual(await find({ Id: record.Id }), []);
  });

  test('is deleted by its id alone, and only once', async () => {
    const record = await create();
    const answer = await call(`delete${row.kind}`, record.Id);
    assert.equal(answer[row.kind].status, 'Deleted');
    await refused(call(`delete${row.kind}`, record.Id), '610');
  });

  test('is not deleted in an old version', async () => {
    const record = await create();
    await call(`update${row.kind}`, { ...version(record), ...row.change });
    await refused(call(`delete${row.kind}`, version(record)), '5010');
    assert.equal((await read(record.Id)).Id, record.Id);
  });
}

describe('Entities that are only read', () => {
  for (const { kind, find, some } of READ_ONLY) {
    test(`${kind} can be asked for`, async () => {
      const answer = (await call(find, { limit: 5 })).QueryResponse;
      assert.equal(typeof answer, 'object');
      if (some) assert.ok(answer[kind].length > 0);
    });
  }

  for (const kind of ['CompanyCurrency', 'CustomerType', 'TaxCode', 'TaxRate']) {
    test(`${kind} is read by its id`, async () => {
      const { find, some } = READ_ONLY.find((one) => one.kind === kind);
      const [first] = (await call(find, { limit: 1 })).QueryResponse[kind] ?? [];
      assert.ok(first || !some);
      if (first) assert.deepEqual(await call(`get${kind}`, first.Id), first);
      await refused(call(`get${kind}`, UNKNOWN), '610');
    });
  }
});
