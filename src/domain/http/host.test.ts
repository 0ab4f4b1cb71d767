// Names, addresses and ports that a Host may have, and those that it may not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isHost } from './host.ts';

/** Amid other bytes, which must not matter. */
function judge(text: string): boolean {
  const bytes = Buffer.from(`a${text}1`, 'latin1');
  return isHost(bytes, 1, bytes.length - 1);
}

const hosts = {
  'a name': ['a', 'shop.example.com', 'SHOP.example.com', 'a.', 'x_y', 'a-b~c', "a!$&'()*+,;=b"],
  'a name with a port': ['a:0', 'a:80', 'a:65535', 'a:00080'],
  'an address of version 4': ['127.0.0.1', '127.0.0.1:8080'],
  'an address of version 6': [
    '[::]',
    '[::1]:80',
    '[1::]',
    '[2001:DB8::1]:65535',
    '[1:2:3:4:5:6:7:8]',
    '[1:2:3:4:5:6:7::]',
    '[::2:3:4:5:6:7:8]',
    '[1:2:3:4:5:6:1.2.3.4]',
    '[::ffff:255.249.199.99]',
    '[0000:0000:0000:0000:0000:0000:255.255.255.255]',
  ],
};

const others = {
  nothing: ['', ':80'],
  'a port that is none': ['a:', 'a:65536', 'a:99999', 'a:000080', 'a:8x', 'a:-1', 'a: 80', 'a:80:80', '[::1]:', '[::1]8'],
  'bytes that names do not have': [
    'a b',
    'a/b',
    'a@b',
    'user@a',
    'a%41',
    'a\\b',
    'a\0',
    'a\x7f',
    'a\xe9',
    '"a"',
    '<a>',
    'a#b',
    'a?b',
    'a]',
  ],
  'brackets around no address': [
    '[]',
    '[',
    '[::1',
    '[a]',
    '[:]',
    '[:::]',
    '[1]',
    '[1:2]',
    '[1:2:3:4:5:6:7]',
    '[1:2:3:4:5:6:7:8:9]',
    '[g::]',
  ],
  'an address with too much or too little': [
    '[12345::]',
    '[1::2::3]',
    '[1:2:3:4:5:6:7::8]',
    '[:1::2]',
    '[1::2:]',
    '[1:2:3:4:5:6:7:1.2.3.4]',
    '[1.2.3.4]',
    '[1.2.3.4::]',
    '[::1.2.3]',
    '[::1.2.3.4.5]',
    '[::1.2.3.256]',
    '[::01.2.3.4]',
    '[::1.2.3.]',
    '[::1.2.3.4:5]',
    '[::1%25eth0]',
    '[v1.a]',
    `[${'0:'.repeat(30)}0]`,
  ],
};

describe('a host is', () => {
  for (const [what, texts] of Object.entries(hosts)) {
    test(what, () => {
      for (const text of texts) assert.equal(judge(text), true, text);
    });
  }
});

describe('a host is not', () => {
  for (const [what, texts] of Object.entries(others)) {
    test(what, () => {
      for (const text of texts) assert.equal(judge(text), false, text);
    });
  }
});
