// The query language as node-quickbooks writes it.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { needs, saleLine } from './entities.js';
import { call, fresh, refused } from './simulator.js';

const found = async (...given) => (await call(...given)).QueryResponse;

describe('Criteria', () => {
  const amounts = [10, 20, 30, 40, 50];
  let buyer;

  before(async () => {
    buyer = await call('createCustomer', { DisplayName: fresh('Query') });
    for (const [place, amount] of amounts.entries()) {
      await call('createInvoice', {
        CustomerRef: { value: buyer.Id },
        TxnDate: `2026-02-0${place + 1}`,
        Line: [await saleLine(amount)],
      });
    }
  });

  const totals = async (...criteria) => {
    const own = { field: 'CustomerRef', value: buyer.Id };
    const rows = (await found('findInvoices', [own, ...criteria])).Invoice ?? [];
    return rows.map((one) => one.TotalAmt);
  };
  const ascending = { field: 'asc', value: 'TxnDate' };

  const CASES = [
    { operator: '=', value: '2026-02-03', gives: [30] },
    { operator: '<', value: '2026-02-03', gives: [10, 20] },
    { operator: '>', value: '2026-02-03', gives: [40, 50] },
    { operator: '<=', value: '2026-02-03', gives: [10, 20, 30] },
    { operator: '>=', value: '2026-02-03', gives: [30, 40, 50] },
    { operator: 'IN', value: ['2026-02-01', '2026-02-05'], gives: [10, 50] },
  ];
  for (const { operator, value, gives } of CASES) {
    test(`compare with ${operator}`, async () => {
      assert.deepEqual(await totals({ field: 'TxnDate', operator, value }, ascending), gives);
    });
  }

  test('are joined with and', async () => {
    const from = { field: 'TxnDate', operator: '>', value: '2026-02-01' };
    const to = { field: 'TxnDate', operator: '<', value: '2026-02-05' };
    assert.deepEqual(await totals(from, to, ascending), [20, 30, 40]);
  });

  test('compare numbers that are not quoted', async () => {
    const criterion = { field: 'TotalAmt', operator: '>', value: 25.5 };
    assert.deepEqual(await totals(criterion, ascending), [30, 40, 50]);
  });

  test('sort either way', async () => {
    assert.deepEqual(await totals(ascending), amounts);
    assert.deepEqual(await totals({ field: 'desc', value: 'TxnDate' }), amounts.toReversed());
  });

  test('give one page', async () => {
    const page = [{ field: 'limit', value: 2 }, { field: 'offset', value: 2 }];
    assert.deepEqual(await totals(ascending, ...page), [20, 30]);
  });

  test('give page after page until the last', async () => {
    const all = [{ field: 'limit', value: 2 }, { field: 'fetchAll', value: true }];
    assert.deepEqual(await totals(ascending, ...all), amounts);
  });

  test('count instead of listing', async () => {
    const own = { CustomerRef: buyer.Id, count: true };
    assert.equal((await found('findInvoices', own)).totalCount, amounts.length);
  });

  test('may be a text of their own', async () => {
    const text = `where CustomerRef = '${buyer.Id}' orderby TxnDate desc maxresults 1`;
    const answer = await found('findInvoices', text);
    assert.deepEqual(answer.Invoice.map((one) => one.TotalAmt), [50]);
    assert.equal(answer.startPosition, 1);
    assert.equal(answer.maxResults, 1);
  });
});

describe('Texts', () => {
  const TEXTS = ["Miller's", 'R&D #1', '50% + more', 'a=b <c>', 'Größe Ångström', 'plain'];
  for (const text of TEXTS) {
    test(`find the customer ${text}`, async () => {
      const { Id, DisplayName } = await call('createCustomer', { DisplayName: fresh(text) });
      const answer = await found('findCustomers', { DisplayName });
      assert.deepEqual(answer.Customer.map((one) => one.Id), [Id]);
    });
  }

  test('fit a pattern', async () => {
    const start = fresh('Pattern');
    const names = [`${start} one`, `${start} two`];
    for (const DisplayName of names) await call('createCustomer', { DisplayName });
    const criteria = [
      { field: 'DisplayName', operator: 'LIKE', value: `${start}%` },
      { field: 'asc', value: 'DisplayName' },
    ];
    const answer = await found('findCustomers', criteria);
    assert.deepEqual(answer.Customer.map((one) => one.DisplayName), names);
  });
});

describe('Answers', () => {
  test('hold nothing when nothing fits', async () => {
    assert.deepEqual(await found('findCustomers', { DisplayName: fresh('Nobody') }), {});
  });

  test('hold a hundred rows when no limit is sent', async () => {
    await needs.customer();
    const { Customer, maxResults } = await found('findCustomers');
    assert.equal(maxResults, Customer.length);
    assert.ok(Customer.length <= 100);
  });

  test('follow the time of the last change', async () => {
    const { Id, MetaData } = await call('createCustomer', { DisplayName: fresh('Recent') });
    const criteria = [
      { field: 'MetaData.LastUpdatedTime', operator: '>=', value: MetaData.LastUpdatedTime },
    ];
    const { Customer } = await found('findCustomers', criteria);
    assert.ok(Customer.some((one) => one.Id === Id));
  });
});

describe('Bad queries', () => {
  const BAD = [
    { what: 'an unknown field', criteria: { Shoes: 'red' }, code: '4001' },
    { what: 'a text that is none', criteria: 'where where', code: '4000' },
    { what: 'a quote that never ends', criteria: "where DisplayName = 'a", code: '4000' },
    { what: 'an or', criteria: "where Id = '1' or Id = '2'", code: '4000' },
    { what: 'a start before the first', criteria: 'startposition 0', code: '4001' },
  ];
  for (const { what, criteria, code } of BAD) {
    test(`with ${what} are refused`, async () => {
      await refused(call('findCustomers', criteria), code);
    });
  }
});
