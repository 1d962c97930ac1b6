// What node-quickbooks offers, an entity a row.
//
// body    gives what is sent to create one; needs are made through the library as well.
// change  is a sparse update; left out where QuickBooks has none.
// name    is the field whose value nobody else may have.
// ends    says how a record goes: `delete`, `deactivate`, or not at all.
// cdc     is false where change data capture leaves the entity out.

import { call, fresh } from './simulator.js';

const NOTE = { PrivateNote: 'Changed by a test' };
const DAY = '2026-03-14';

const made = new Map();

/** Make something once in this process and give it again later. */
function once(key, make) {
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}

async function reference(kind, body) {
  return { value: (await call(`create${kind}`, await body())).Id };
}

const customer = () =>
  once('customer', () => reference('Customer', () => ({ DisplayName: fresh('Buyer') })));
const vendor = () =>
  once('vendor', () => reference('Vendor', () => ({ DisplayName: fresh('Seller') })));
const employee = () =>
  once('employee', () =>
    reference('Employee', () => ({ GivenName: fresh('Given'), FamilyName: fresh('Family') })),
  );
const service = () =>
  once('service', () =>
    reference('Item', async () => ({
      Name: fresh('Service'),
      Type: 'Service',
      IncomeAccountRef: await account('Income'),
      ExpenseAccountRef: await account('Cost of Goods Sold'),
    })),
  );

/** Give a reference to an account of a type. */
export function account(type) {
  return once(`account ${type}`, async () => {
    const found = await call('findAccounts', { AccountType: type, limit: 1 });
    return { value: found.QueryResponse.Account[0].Id };
  });
}

export const needs = { customer, vendor, employee, service };

/** Give one line of a sale. */
export async function saleLine(amount) {
  return {
    Amount: amount,
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: { ItemRef: await service(), Qty: 1, UnitPrice: amount },
  };
}

async function expenseLine(amount) {
  return {
    Amount: amount,
    DetailType: 'AccountBasedExpenseLineDetail',
    AccountBasedExpenseLineDetail: { AccountRef: await account('Expense') },
  };
}

async function sale(amount = 42.5) {
  return { CustomerRef: await customer(), TxnDate: DAY, Line: [await saleLine(amount)] };
}

async function spending(amount = 31.2) {
  return { VendorRef: await vendor(), TxnDate: DAY, Line: [await expenseLine(amount)] };
}

async function billPayment() {
  const bill = await call('createBill', await spending(18.75));
  return {
    VendorRef: await vendor(),
    PayType: 'Check',
    CheckPayment: { BankAccountRef: await account('Bank') },
    TotalAmt: 18.75,
    Line: [{ Amount: 18.75, LinkedTxn: [{ TxnId: bill.Id, TxnType: 'Bill' }] }],
  };
}

async function journalEntry() {
  const half = async (posting, type) => ({
    Amount: 77.1,
    DetailType: 'JournalEntryLineDetail',
    JournalEntryLineDetail: { PostingType: posting, AccountRef: await account(type) },
  });
  return { TxnDate: DAY, Line: [await half('Debit', 'Expense'), await half('Credit', 'Bank')] };
}

async function deposit() {
  const detail = { AccountRef: await account('Income') };
  return {
    DepositToAccountRef: await account('Bank'),
    Line: [{ Amount: 64, DetailType: 'DepositLineDetail', DepositLineDetail: detail }],
  };
}

async function purchaseOrder() {
  const detail = { ItemRef: await service(), Qty: 3, UnitPrice: 4 };
  return {
    VendorRef: await vendor(),
    APAccountRef: await account('Accounts Payable'),
    Line: [
      { Amount: 12, DetailType: 'ItemBasedExpenseLineDetail', ItemBasedExpenseLineDetail: detail },
    ],
  };
}

const LISTS = [
  {
    kind: 'Account',
    name: 'Name',
    body: () => ({ Name: fresh('Account'), AccountType: 'Expense' }),
    change: { Description: 'What it is for' },
  },
  { kind: 'Class', plural: 'Classes', name: 'Name', body: () => ({ Name: fresh('Class') }) },
  {
    kind: 'Customer',
    name: 'DisplayName',
    body: () => ({ DisplayName: fresh('Customer') }),
    change: { Notes: 'Rings before noon' },
  },
  { kind: 'Department', name: 'Name', body: () => ({ Name: fresh('Department') }) },
  {
    kind: 'Employee',
    name: 'DisplayName',
    body: () => ({ DisplayName: fresh('Person'), GivenName: 'Ada', FamilyName: 'Byron' }),
    change: { GivenName: 'Augusta' },
  },
  {
    kind: 'Item',
    name: 'Name',
    body: async () => ({
      Name: fresh('Item'),
      Type: 'Service',
      IncomeAccountRef: await account('Income'),
    }),
    change: { Description: 'Done by hand' },
  },
  {
    kind: 'PaymentMethod',
    name: 'Name',
    body: () => ({ Name: short(), Type: 'NON_CREDIT_CARD' }),
    change: { Type: 'CREDIT_CARD' },
  },
  { kind: 'Term', name: 'Name', body: () => ({ Name: short(), DueDays: 12 }), change: { DueDays: 9 } },
  {
    kind: 'Vendor',
    name: 'DisplayName',
    body: () => ({ DisplayName: fresh('Vendor') }),
    change: { AcctNum: 'A-17' },
  },
].map((row) => ({ ends: 'deactivate', ...row }));

const TRANSACTIONS = [
  { kind: 'Bill', body: () => spending() },
  { kind: 'BillPayment', body: billPayment },
  { kind: 'CreditMemo', body: () => sale() },
  { kind: 'Deposit', body: deposit },
  { kind: 'Estimate', body: () => sale() },
  { kind: 'Invoice', body: () => sale() },
  { kind: 'JournalEntry', plural: 'JournalEntries', body: journalEntry },
  { kind: 'Payment', body: async () => ({ CustomerRef: await customer(), TotalAmt: 25 }) },
  {
    kind: 'Purchase',
    body: async () => ({
      PaymentType: 'Cash',
      AccountRef: await account('Bank'),
      Line: [await expenseLine(9.99)],
    }),
  },
  { kind: 'PurchaseOrder', body: purchaseOrder },
  {
    kind: 'RefundReceipt',
    body: async () => ({ ...(await sale()), DepositToAccountRef: await account('Bank') }),
  },
  { kind: 'SalesReceipt', body: () => sale() },
  {
    kind: 'TimeActivity',
    plural: 'TimeActivities',
    body: async () => ({
      NameOf: 'Employee',
      EmployeeRef: await employee(),
      TxnDate: DAY,
      Hours: 2,
      Minutes: 30,
    }),
    change: { Description: 'Set up the press' },
    cdc: false,
  },
  {
    kind: 'Transfer',
    body: async () => ({
      FromAccountRef: await account('Bank'),
      ToAccountRef: await account('Other Current Asset'),
      Amount: 15,
    }),
  },
  { kind: 'VendorCredit', body: () => spending() },
].map((row) => ({ change: NOTE, ends: 'delete', ...row }));

const OTHERS = [
  {
    kind: 'Attachable',
    body: () => ({ Note: fresh('Note'), Tag: 'contract' }),
    change: { Note: 'Another note' },
    ends: 'delete',
  },
  {
    kind: 'TaxAgency',
    plural: 'TaxAgencies',
    name: 'DisplayName',
    body: () => ({ DisplayName: fresh('Agency') }),
    cdc: false,
  },
];

// Journal codes are left out: only companies in France have them.
export const ENTITIES = [...LISTS, ...TRANSACTIONS, ...OTHERS].map((row) => ({
  plural: `${row.kind}s`,
  cdc: true,
  ...row,
}));

/** Entities that are only read, with the method that finds them. */
export const READ_ONLY = [
  { kind: 'Budget', find: 'findBudgets' },
  { kind: 'CompanyCurrency', find: 'findCompanyCurrencies' },
  { kind: 'CompanyInfo', find: 'findCompanyInfos', some: true },
  { kind: 'CustomerType', find: 'findCustomerTypes' },
  { kind: 'ExchangeRate', find: 'findExchangeRates' },
  { kind: 'Preferences', find: 'findPreferenceses', some: true },
  { kind: 'TaxCode', find: 'findTaxCodes', some: true },
  { kind: 'TaxRate', find: 'findTaxRates', some: true },
];

/** Some names may have 31 characters only. */
function short() {
  return fresh('N').slice(0, 31);
}
