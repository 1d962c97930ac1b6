// What a company has once: its own record, preferences, tax codes, rates of exchange, files.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';

import { ENTITIES } from './entities.js';
import { call, fresh, realm, refused } from './simulator.js';

const version = ({ Id, SyncToken }) => ({ Id, SyncToken });

describe('The company', () => {
  test('has one record', async () => {
    const company = await call('getCompanyInfo', realm);
    assert.ok(company.CompanyName);
    const found = (await call('findCompanyInfos')).QueryResponse.CompanyInfo;
    assert.deepEqual(found, [company]);
  });

  test('takes a new legal name, but not of an old version', async () => {
    const before = await call('getCompanyInfo', realm);
    const LegalName = fresh('Legal name');
    const after = await call('updateCompanyInfo', { ...version(before), LegalName });
    assert.equal(after.LegalName, LegalName);
    assert.equal(after.CompanyName, before.CompanyName);
    await refused(call('updateCompanyInfo', { ...version(before), LegalName }), '5010');
  });

  test('has preferences that change one by one', async () => {
    const before = await call('getPreferences');
    const wanted = !before.SalesFormsPrefs.AllowDeposit;
    const prefs = { SalesFormsPrefs: { ...before.SalesFormsPrefs, AllowDeposit: wanted } };
    const after = await call('updatePreferences', { ...version(before), ...prefs });
    assert.equal(after.SalesFormsPrefs.AllowDeposit, wanted);
    assert.deepEqual(after.CurrencyPrefs, before.CurrencyPrefs);
    assert.deepEqual(await call('getPreferences'), after);
    // Other tests read these books too.
    await call('updatePreferences', { ...version(after), SalesFormsPrefs: before.SalesFormsPrefs });
  });
});

describe('Tax', () => {
  const body = async () => {
    const agency = await call('createTaxAgency', { DisplayName: fresh('Agency') });
    const rate = {
      TaxRateName: fresh('Rate'),
      RateValue: '7.25',
      TaxAgencyId: agency.Id,
      TaxApplicableOn: 'Sales',
    };
    return { TaxCode: fresh('Code'), TaxRateDetails: [rate] };
  };

  test('codes are made with their rates', async () => {
    const sent = await body();
    const made = await call('createTaxService', sent);
    assert.equal(made.TaxCode, sent.TaxCode);
    const code = await call('getTaxCode', made.TaxCodeId);
    assert.equal(code.Name, sent.TaxCode);
    const [detail] = code.SalesTaxRateList.TaxRateDetail;
    const rate = await call('getTaxRate', detail.TaxRateRef.value);
    assert.equal(rate.RateValue, 7.25);
    assert.equal(rate.AgencyRef.value, sent.TaxRateDetails[0].TaxAgencyId);
  });

  test('codes have names of their own', async () => {
    const sent = await body();
    await call('createTaxService', structuredClone(sent));
    sent.TaxRateDetails[0].TaxRateName = fresh('Rate');
    await refused(call('createTaxService', sent), '6240');
  });
});

describe('Rates of exchange', () => {
  const asked = { sourcecurrencycode: 'EUR', asofdate: '2026-03-14' };

  test('are given for a day', async () => {
    const { ExchangeRate: rate } = await call('getExchangeRate', asked);
    assert.equal(rate.SourceCurrencyCode, 'EUR');
    assert.equal(rate.TargetCurrencyCode, 'USD');
    assert.equal(rate.AsOfDate, asked.asofdate);
    assert.ok(rate.Rate > 0);
  });

  test('are kept as they were set', async () => {
    const { ExchangeRate: set } = await call('updateExchangeRate', {
      SourceCurrencyCode: 'EUR',
      TargetCurrencyCode: 'USD',
      AsOfDate: asked.asofdate,
      Rate: 1.0825,
    });
    assert.equal(set.Rate, 1.0825);
    assert.equal((await call('getExchangeRate', asked)).ExchangeRate.Rate, 1.0825);
  });
});

describe('Files', () => {
  const TEXT = 'Two colors, front and back.\n';
  const upload = (...link) =>
    call('upload', 'proof.txt', 'text/plain', Readable.from([Buffer.from(TEXT)]), ...link);

  test('become attachables', async () => {
    const file = await upload();
    assert.equal(file.FileName, 'proof.txt');
    assert.equal(file.ContentType, 'text/plain');
    assert.equal(Number(file.Size), TEXT.length);
    assert.equal((await call('getAttachable', file.Id)).FileName, 'proof.txt');
  });

  test('are fetched again, byte for byte', async () => {
    const { Id } = await upload();
    const { TempDownloadUri } = await call('getAttachable', Id);
    assert.equal(await (await fetch(TempDownloadUri)).text(), TEXT);
  });

  test('hang on a document and are found from there', async () => {
    const row = ENTITIES.find((one) => one.kind === 'Invoice');
    const invoice = await call('createInvoice', await row.body());
    const file = await upload('Invoice', invoice.Id);
    assert.deepEqual(file.AttachableRef[0].EntityRef, { type: 'Invoice', value: invoice.Id });
    const found = await call('findAttachables', [
      { field: 'AttachableRef.EntityRef.Type', value: 'Invoice' },
      { field: 'AttachableRef.EntityRef.value', value: invoice.Id },
    ]);
    assert.deepEqual(found.QueryResponse.Attachable.map((one) => one.Id), [file.Id]);
  });
});
