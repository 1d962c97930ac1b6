// Sales and purchase documents: sums, pages, letters, voids, links and what is refused.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { account, ENTITIES, needs, saleLine } from './entities.js';
import { call, fresh, refused } from './simulator.js';

const UNKNOWN = '99999999';
const bodyOf = (kind) => ENTITIES.find((row) => row.kind === kind).body();
const create = async (kind) => call(`create${kind}`, await bodyOf(kind));
const version = ({ Id, SyncToken }) => ({ Id, SyncToken });

for (const kind of ['CreditMemo', 'Estimate', 'Invoice', 'SalesReceipt']) {
  describe(`${kind} on paper`, () => {
    test('comes as a PDF', async () => {
      const pages = await call(`get${kind}Pdf`, (await create(kind)).Id);
      assert.ok(Buffer.isBuffer(pages));
      assert.equal(pages.subarray(0, 5).toString(), '%PDF-');
    });

    test('has no PDF when it does not exist', async () => {
      await refused(call(`get${kind}Pdf`, UNKNOWN), '610');
    });
  });
}

const SENT = [
  { kind: 'CreditMemo', method: 'sendCreditMemoPdf' },
  { kind: 'Estimate', method: 'sendEstimatePdf' },
  { kind: 'Invoice', method: 'sendInvoicePdf' },
  { kind: 'SalesReceipt', method: 'sendSalesReceiptPdf' },
  { kind: 'PurchaseOrder', method: 'sendPurchaseOrder' },
];
for (const { kind, method } of SENT) {
  describe(`${kind} by e-mail`, () => {
    test('goes to the address that is given', async () => {
      const sent = await call(method, (await create(kind)).Id, 'someone@example.com');
      assert.equal(sent.EmailStatus, 'EmailSent');
      assert.equal((sent.BillEmail ?? sent.POEmail).Address, 'someone@example.com');
      assert.deepEqual(await call(`get${kind}`, sent.Id), sent);
    });

    test('goes to the address of the document', async () => {
      const field = kind === 'PurchaseOrder' ? 'POEmail' : 'BillEmail';
      const body = { ...(await bodyOf(kind)), [field]: { Address: 'kept@example.com' } };
      const sent = await call(method, (await call(`create${kind}`, body)).Id);
      assert.equal(sent.EmailStatus, 'EmailSent');
      assert.equal(sent[field].Address, 'kept@example.com');
    });

    test('is not sent when it does not exist', async () => {
      await refused(call(method, UNKNOWN, 'someone@example.com'), '610');
    });
  });
}

describe('Voiding', () => {
  const VOIDS = [
    { kind: 'Invoice', end: (one) => call('voidInvoice', version(one)) },
    { kind: 'Payment', end: (one) => call('voidPayment', { ...version(one), void: true }) },
    { kind: 'SalesReceipt', end: (one) => call('updateSalesReceipt', { ...version(one), void: true }) },
  ];
  for (const { kind, end } of VOIDS) {
    test(`leaves a ${kind} of zero`, async () => {
      const record = await create(kind);
      const answer = await end(record);
      const after = answer[kind] ?? answer;
      assert.equal(after.TotalAmt, 0);
      assert.match(after.PrivateNote, /^Voided/);
      assert.equal(after.SyncToken, '1');
      assert.deepEqual(await call(`get${kind}`, record.Id), after);
      await refused(end(record), '5010');
    });
  }

  test('takes an id alone', async () => {
    const { Id } = await create('Invoice');
    assert.equal((await call('voidInvoice', Id)).Invoice.Balance, 0);
  });
});

describe('Sums', () => {
  test('follow from the lines', async () => {
    const body = await bodyOf('Invoice');
    body.Line = [await saleLine(10.1), await saleLine(20.2)];
    const invoice = await call('createInvoice', body);
    assert.equal(invoice.TotalAmt, 30.3);
    assert.equal(invoice.Balance, 30.3);
    const [subtotal] = invoice.Line.filter((one) => one.DetailType === 'SubTotalLineDetail');
    assert.equal(subtotal.Amount, 30.3);
  });

  test('are refused when a line does not add up', async () => {
    const body = await bodyOf('Invoice');
    body.Line[0].Amount += 1;
    await refused(call('createInvoice', body), '6070');
  });

  test('fall when a customer pays', async () => {
    const invoice = await create('Invoice');
    const payment = await call('createPayment', {
      CustomerRef: invoice.CustomerRef,
      TotalAmt: 40,
      Line: [{ Amount: 40, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }],
    });
    const after = await call('getInvoice', invoice.Id);
    assert.equal(after.Balance, invoice.TotalAmt - 40);
    assert.deepEqual(after.LinkedTxn, [{ TxnId: payment.Id, TxnType: 'Payment' }]);
    await call('deletePayment', payment.Id);
    assert.equal((await call('getInvoice', invoice.Id)).Balance, invoice.TotalAmt);
  });

  test('fall when a bill is paid', async () => {
    const bill = await create('Bill');
    assert.equal(bill.Balance, bill.TotalAmt);
    await call('createBillPayment', {
      VendorRef: bill.VendorRef,
      PayType: 'Check',
      CheckPayment: { BankAccountRef: await account('Bank') },
      TotalAmt: bill.TotalAmt,
      Line: [{ Amount: bill.TotalAmt, LinkedTxn: [{ TxnId: bill.Id, TxnType: 'Bill' }] }],
    });
    assert.equal((await call('getBill', bill.Id)).Balance, 0);
  });

  test('of a journal entry are equal on both sides', async () => {
    const body = await bodyOf('JournalEntry');
    body.Line[0].Amount += 1;
    await refused(call('createJournalEntry', body), '6000');
  });
});

describe('What is refused', () => {
  test('a document of a customer nobody knows', async () => {
    const body = { ...(await bodyOf('Invoice')), CustomerRef: { value: UNKNOWN } };
    await refused(call('createInvoice', body), '2500');
  });

  test('an invoice without a customer', async () => {
    const { CustomerRef, ...body } = await bodyOf('Invoice');
    await refused(call('createInvoice', body), '2020');
  });

  test('a number that is too long', async () => {
    const body = { ...(await bodyOf('Invoice')), DocNumber: 'x'.repeat(22) };
    await refused(call('createInvoice', body), '2050');
  });

  test('a number twice, unless it is asked for', async () => {
    const DocNumber = fresh('').trim().slice(-21);
    const body = { ...(await bodyOf('Invoice')), DocNumber };
    const first = await call('createInvoice', structuredClone(body));
    await refused(call('createInvoice', structuredClone(body)), '6140');
    const second = await call('createInvoice', { ...body, allowDuplicateDocNum: true });
    assert.equal(second.DocNumber, first.DocNumber);
    assert.notEqual(second.Id, first.Id);
  });
});

describe('Request ids', () => {
  test('give the first answer again', async () => {
    const requestId = crypto.randomUUID();
    const body = await bodyOf('Invoice');
    const first = await call('createInvoice', { ...body, requestId });
    const again = await call('createInvoice', { ...body, requestId });
    assert.deepEqual(again, first);
    const other = await call('createInvoice', { ...body, requestId: crypto.randomUUID() });
    assert.notEqual(other.Id, first.Id);
  });
});

describe('Links', () => {
  test('lead from an invoice to its estimate and back', async () => {
    const estimate = await create('Estimate');
    const body = { ...(await bodyOf('Invoice')), CustomerRef: estimate.CustomerRef };
    const link = { TxnId: estimate.Id, TxnType: 'Estimate' };
    const invoice = await call('createInvoice', { ...body, LinkedTxn: [link] });
    assert.equal(invoice.LinkedTxn[0].TxnId, estimate.Id);
    const after = await call('getEstimate', estimate.Id);
    assert.deepEqual(after.LinkedTxn, [{ TxnId: invoice.Id, TxnType: 'Invoice' }]);
    assert.ok(['Closed', 'Converted'].includes(after.TxnStatus));
  });

  test('are only between papers of one customer', async () => {
    const invoice = await create('Invoice');
    const other = await call('createCustomer', { DisplayName: fresh('Other') });
    assert.notEqual(other.Id, (await needs.customer()).value);
    const problem = await call('createPayment', {
      CustomerRef: { value: other.Id },
      TotalAmt: 1,
      Line: [{ Amount: 1, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }],
    }).catch((reason) => reason);
    assert.equal(problem.response?.status, 400);
  });
});
