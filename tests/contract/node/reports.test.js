// Every report node-quickbooks knows, and figures that have to follow from the documents.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { account, needs, saleLine } from './entities.js';
import { call, fresh } from './simulator.js';

// The report of a French trial balance is left out: other companies do not have it.
const REPORTS = {
  AccountListDetail: 'AccountList',
  AgedPayableDetail: 'AgedPayableDetail',
  AgedPayables: 'AgedPayables',
  AgedReceivableDetail: 'AgedReceivableDetail',
  AgedReceivables: 'AgedReceivables',
  BalanceSheet: 'BalanceSheet',
  CashFlow: 'CashFlow',
  ClassSales: 'ClassSales',
  CustomerBalance: 'CustomerBalance',
  CustomerBalanceDetail: 'CustomerBalanceDetail',
  CustomerIncome: 'CustomerIncome',
  CustomerSales: 'CustomerSales',
  DepartmentSales: 'DepartmentSales',
  GeneralLedgerDetail: 'GeneralLedger',
  InventoryValuationSummary: 'InventoryValuationSummary',
  ItemSales: 'ItemSales',
  JournalReport: 'JournalReport',
  ProfitAndLoss: 'ProfitAndLoss',
  ProfitAndLossDetail: 'ProfitAndLossDetail',
  TaxSummary: 'TaxSummary',
  TransactionList: 'TransactionList',
  TransactionListByCustomer: 'TransactionListByCustomer',
  TransactionListByVendor: 'TransactionListByVendor',
  TransactionListWithSplits: 'TransactionListWithSplits',
  TrialBalance: 'TrialBalance',
  VendorBalance: 'VendorBalance',
  VendorBalanceDetail: 'VendorBalanceDetail',
  VendorExpenses: 'VendorExpenses',
};

/** Give every row that holds data, however deep, and every summary. */
function* rows(table) {
  for (const row of table.Row ?? []) {
    if (row.ColData) yield row;
    if (row.Rows) yield* rows(row.Rows);
    if (row.Summary) yield { ...row, ColData: row.Summary.ColData };
  }
}

const number = (cell) => Number(cell?.value || 0);
const cents = (amount) => Math.round(amount * 100);

describe('Reports', () => {
  for (const [method, name] of Object.entries(REPORTS)) {
    test(`${name} has a header, columns and rows that fit them`, async () => {
      const report = await call(`report${method}`);
      assert.equal(report.Header.ReportName, name);
      assert.ok(!Number.isNaN(Date.parse(report.Header.Time)));
      const width = report.Columns.Column.length;
      assert.ok(width > 0);
      for (const row of rows(report.Rows)) assert.equal(row.ColData.length, width);
    });
  }

  test('cover the days that are asked for', async () => {
    const days = { start_date: '2026-01-01', end_date: '2026-01-31', accounting_method: 'Cash' };
    const { Header } = await call('reportProfitAndLoss', days);
    assert.equal(Header.StartPeriod, days.start_date);
    assert.equal(Header.EndPeriod, days.end_date);
    assert.equal(Header.ReportBasis, 'Cash');
  });

  test('of an unknown name are refused', async () => {
    const problem = await call('getReports', 'NoSuchReport').catch((reason) => reason);
    assert.ok(problem.response?.status >= 400);
  });
});

describe('Figures', () => {
  // A year without other documents, and a day for each run.
  const day = `2020-0${1 + (process.pid % 9)}-${10 + (Date.now() % 18)}`;
  const only = { start_date: day, end_date: day, accounting_method: 'Accrual' };
  const net = async () => {
    const report = await call('reportProfitAndLoss', only);
    const row = [...rows(report.Rows)].find((one) => one.group === 'NetIncome');
    return number(row?.ColData.at(-1));
  };

  test('of a day follow from its documents', async () => {
    const before = await net();
    const Line = [await saleLine(123.45)];
    await call('createInvoice', { CustomerRef: await needs.customer(), TxnDate: day, Line });
    await call('createPurchase', {
      PaymentType: 'Cash',
      TxnDate: day,
      AccountRef: await account('Bank'),
      Line: [
        {
          Amount: 23.4,
          DetailType: 'AccountBasedExpenseLineDetail',
          AccountBasedExpenseLineDetail: { AccountRef: await account('Expense') },
        },
      ],
    });
    assert.equal(cents((await net()) - before), cents(123.45 - 23.4));
  });

  test('of a customer are what he owes', async () => {
    const DisplayName = fresh('Owes');
    const { Id } = await call('createCustomer', { DisplayName });
    const Line = [await saleLine(81.2)];
    await call('createInvoice', { CustomerRef: { value: Id }, Line });
    for (const method of ['reportCustomerBalance', 'reportAgedReceivables']) {
      const report = await call(method);
      const row = [...rows(report.Rows)].find((one) => one.ColData[0].value === DisplayName);
      assert.equal(row?.ColData[0].id, Id, method);
      assert.equal(number(row.ColData.at(-1)), 81.2, method);
    }
  });

  test('of a vendor are what we owe', async () => {
    const DisplayName = fresh('Owed');
    const { Id } = await call('createVendor', { DisplayName });
    const detail = { AccountRef: await account('Expense') };
    await call('createBill', {
      VendorRef: { value: Id },
      Line: [
        {
          Amount: 55.5,
          DetailType: 'AccountBasedExpenseLineDetail',
          AccountBasedExpenseLineDetail: detail,
        },
      ],
    });
    for (const method of ['reportVendorBalance', 'reportAgedPayables']) {
      const report = await call(method);
      const row = [...rows(report.Rows)].find((one) => one.ColData[0].value === DisplayName);
      assert.equal(number(row?.ColData.at(-1)), 55.5, method);
    }
  });

  test('of the trial balance are equal on both sides', async () => {
    const report = await call('reportTrialBalance');
    const data = [...rows(report.Rows)].filter((one) => !one.group && !one.Summary);
    const side = (column) => data.reduce((sum, one) => sum + cents(number(one.ColData[column])), 0);
    assert.ok(side(1) > 0);
    assert.equal(side(1), side(2));
  });

  test('of the balance sheet are equal on both sides', async () => {
    const all = [...rows((await call('reportBalanceSheet')).Rows)];
    const total = (group) => number(all.find((one) => one.group === group)?.ColData.at(-1));
    assert.ok(total('TotalAssets') !== 0);
    assert.equal(total('TotalAssets'), total('TotalLiabilitiesAndEquity'));
  });
});
