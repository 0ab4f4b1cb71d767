// The fields of forms as browsers and others write them, and of what only looks like one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formFields } from './form-fields.ts';
import { RequestBody } from './request-body.ts';

const typeOf = (boundary: string): string => `multipart/form-data; boundary=${boundary}`;
const part = (head: string, value: string): string => `--b\r\n${head}\r\n\r\n${value}\r\n`;
const field = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value);
const fieldsOf = (text: string, type = typeOf('b')): unknown => Object.fromEntries(formFields(type, text));

describe('an encoded form', () => {
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  test('has its fields decoded, each with all of its values', () => {
    assert.deepEqual(fieldsOf('a=1&b=c+d%21&&%61=2&e&=f', type), { a: ['1', '2'], b: ['c d!'], e: [''], '': ['f'] });
  });

  test('is read in time however many fields it has', () => {
    const body = new RequestBody({ length: 1, type, text: 'a&'.repeat(200_000) });
    assert.equal(body.form('a')?.length, 200_000);
  });
});

describe('a form in parts', () => {
  test('has the fields that a browser sends, and no files', () => {
    const file = part('Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain', 'plan=pro');
    const text = `${field('plan', 'pro')}${file}${field('plan', 'a\r\nb')}${field('é', 'ü')}--b--\r\n`;
    assert.deepEqual(fieldsOf(text), { plan: ['pro', 'a\r\nb'], é: ['ü'] });
  });

  test('is read with all that RFC 2046 and RFC 7578 allow', () => {
    const text = `preamble\r\n--b \t\r\nX: y\r\ncontent-disposition:form-data;x=1; NAME=plan\r\n\r\n\r\n${field('q%22\\"', '2')}--b--epilogue`;
    assert.deepEqual(fieldsOf(text), { plan: [''], 'q""': ['2'] });
    assert.deepEqual(fieldsOf(text, 'Multipart/Form-Data;BOUNDARY="b"; charset=utf-8'), { plan: [''], 'q""': ['2'] });
  });

  const none: Readonly<Record<string, readonly [text: string, type?: string]>> = {
    'without its last boundary': [field('a', '1')],
    'cut within a head': ['--b\r\nContent-Disposition: form-data; name="a"'],
    'with another boundary': [`${field('a', '1')}--b--`, typeOf('c')],
    'whose boundary goes on': [`--bb\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--`],
    'with bare line feeds': [`${field('a', '1')}--b--`.replaceAll('\r', '')],
    'without a boundary': [`${field('a', '1')}--b--`, 'multipart/form-data'],
    'with a boundary that is too long': [`${field('a', '1')}--b--`, typeOf(`b${'x'.repeat(70)}`)],
    'of another type': [`${field('a', '1')}--b--`, 'multipart/mixed; boundary=b'],
    'of parts without names': [`${part('Content-Disposition: form-data', '1')}${part('X: y', '2')}--b\r\n\r\n3\r\n--b--`],
    'of a head that is too long': [`${part(`X: ${'y'.repeat(5000)}\r\nContent-Disposition: form-data; name="a"`, '1')}--b--`],
  };
  for (const [title, [text, type]] of Object.entries(none)) test(`${title} has none`, () => assert.deepEqual(fieldsOf(text, type), {}));

  test('is read in time whatever it holds', () => {
    const heads = `--b\r\nContent-Disposition: form-data; name="a${';x="\\'.repeat(500)}\r\n\r\n1\r\n`.repeat(200);
    assert.deepEqual(fieldsOf(`${heads}--b--`), { 'a;x=': Array.from({ length: 200 }, () => '1') });
    assert.deepEqual(fieldsOf('\r\n--'.repeat(200_000), typeOf('-'.repeat(70))), {});
  });
});
