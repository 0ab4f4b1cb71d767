// A real nginx and Evenkeel with the same configuration file give the same answers to the same requests: status, where a redirect leads, which
// endpoint was asked for what path with what headers. Requests are written down, and drawn by chance from a seed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seeded } from '../../src/foundation/basics/random.ts';
import { draw, madeLocations, madePath } from '../support/nginx/made-locations.ts';
import { noNginx } from '../support/nginx/nginx-server.ts';
import { sameAnswers } from '../support/nginx/same-answers.ts';
import type { Asked } from '../support/nginx/side-by-side.ts';
import { SideBySide } from '../support/nginx/side-by-side.ts';
import { RecordingEndpoint } from '../support/recording-endpoint.ts';

/** Paths of these pieces, so that they are near to what the locations ask for. */
function paths(count: number, seed: number, pieces: readonly string[]): readonly Asked[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => {
    const path = Array.from({ length: 1 + Math.floor(random() * 4) }, () => draw(random, pieces)).join('');
    return { path: `${path.startsWith('/') ? '' : '/'}${path.replaceAll(/\/+/g, '/')}${draw(random, ['', '', '?a=1', '?x=%20&y=/z'])}` };
  });
}

/** Where a redirect adds a slash, nginx keeps the query. */
const asked = (...list: readonly string[]): readonly Asked[] => list.map((path) => ({ path }));

describe('beside nginx', { skip: noNginx }, () => {
  test('locations are found in the same order, and paths go on alike', async () => {
    await using sides = await SideBySide.start(
      `upstream app { server ONE; }
       server {
         listen LISTEN;
         location / { proxy_pass http://app; }
         location = / { proxy_pass http://TWO/root; }
         location = /api { proxy_pass http://TWO; }
         location /api/ { proxy_pass http://app/v2/; }
         location /api/v1 { proxy_pass http://TWO/old; }
         location /apis { proxy_pass http://TWO/; }
         location ^~ /static/ { proxy_pass http://THREE; }
         location /static/img/ { proxy_pass http://TWO; }
         location ~ \\.png$ { proxy_pass http://THREE; }
         location ~* \\.(JPG|gif)$ { proxy_pass http://TWO; }
         location ~ ^/users/(?<id>[0-9]+)/(.*)$ { proxy_pass http://app/accounts/$id/of/$2$is_args$args; }
         location /raw/ { proxy_pass http://app$request_uri; }
         location /deep/ {
           proxy_pass http://app/d/;
           location /deep/er/ { proxy_pass http://TWO/e/; }
           location ~ \\.txt$ { proxy_pass http://THREE; }
           location = /deep/exact { return 200 exact; }
         }
         location /old/ { rewrite ^/old/(.*)$ /new/$1 break; proxy_pass http://app; }
       }`,
      ['one', 'two', 'three'],
    );
    await sameAnswers(sides, [
      ...asked(
        '/',
        '/?a=b',
        '/x',
        '/api',
        '/api/',
        '/api/x',
        '/api/x?y=z',
        '/api/v1',
        '/api/v1/x',
        '/api/v12',
        '/apis',
        '/apis/x',
        '/apisx',
      ),
      ...asked(
        '/static',
        '/static/',
        '/static/x.png',
        '/static/img/x',
        '/static/img/x.png',
        '/static/imgx.jpg',
        '/x.png',
        '/x.PNG',
        '/x.jpg',
        '/x.GIF',
      ),
      ...asked(
        '/users/12/a/b',
        '/users/12/',
        '/users/x/y',
        '/users/12/a?b=c',
        '/raw/a?b',
        '/deep',
        '/deep/',
        '/deep/er/x',
        '/deep/er',
        '/deep/x.txt',
      ),
      ...asked('/deep/er/x.txt', '/deep/exact', '/deep/x.png', '/old/a/b?c', '/old/', '/old'),
      ...paths(300, 7, [
        '/',
        '/api',
        '/api/',
        'v1',
        '/static/',
        'img/',
        's',
        'x',
        '.png',
        '.jpg',
        '/users/',
        '12/',
        '/deep/',
        'er/',
        '.txt',
        '/raw/',
        '/old/',
      ]),
    ]);
  });

  test('locations drawn by chance are found in the same order', async () => {
    const random = seeded(5);
    const servers = Array.from(
      { length: 60 },
      (_, index) => `server { listen LISTEN; server_name s${index}; root gone; ${madeLocations(random, 'ONE')} }`,
    );
    await using sides = await SideBySide.start(servers.join('\n'), ['one'], ['--partial']);
    const requests = servers.flatMap((_, index) =>
      Array.from({ length: 10 }, () => ({ path: madePath(random), headers: { host: `s${index}` } })),
    );
    await sameAnswers(sides, requests);
  });

  test('paths that could be read in two ways lead to the same location, and go on alike where nginx writes them anew', async () => {
    await using sides = await SideBySide.start(
      `server {
         listen LISTEN;
         location / { proxy_pass http://ONE/root/; }
         location /a/ { proxy_pass http://TWO/b/; }
         location = /exact { proxy_pass http://TWO/e; }
         location ~ \\.php$ { return 200 php; }
       }`,
      ['one', 'two'],
    );
    await sameAnswers(sides, [
      ...asked(
        '/a/./x',
        '/a/../a/y',
        '/a/x/..',
        '/a/x/.',
        '/a//x',
        '//a/x',
        '/a/%61',
        '/%61/x',
        '/x/../exact',
        '/exact/',
        '/a/b%20c',
        '/a/.x',
        '/a/..x',
        '/a/...',
      ),
      ...asked('/x.ph%70', '/a/x.php/.', '/..', '/../a/', '/a/../../b', '/a/%2e%2e/x', '/a/%', '/a/%zz', '/x.php/../y'),
    ]);
  });

  test('servers are found by the same names', async () => {
    const names = [
      'example.com www.example.com',
      '*.example.com',
      '*.shop.example.com',
      'www.*',
      '~^(?<name>\\w+)\\.example\\.(?:net|org)$',
      '.dots.org',
    ];
    const servers = names.map((name, index) => `server { listen LISTEN; server_name ${name}; location / { return 200 ${index}; } }`);
    await using sides = await SideBySide.start(
      `${servers.join('\n')}
       server { listen LISTEN default_server; server_name _; location / { return 200 default; } location /only/ { return 200 only; } }`,
      [],
    );
    const random = seeded(11);
    const labels = ['www', 'shop', 'example', 'com', 'net', 'org', 'dots', 'x', 'WWW'];
    const drawn = Array.from({ length: 200 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => draw(random, labels)).join('.'),
    );
    const fixed = [
      'example.com',
      'EXAMPLE.com:8080',
      'www.example.com',
      'a.example.com',
      'a.b.example.com',
      'a.shop.example.com',
      'shop.example.com',
      'www.x.y',
      'x.example.net',
      'dots.org',
      'a.dots.org',
      'x',
    ];
    await sameAnswers(
      sides,
      [...fixed, ...drawn].map((host) => ({ path: '/', headers: { host } })),
    );
  });

  test('headers go on as they were set, and answers get theirs', async () => {
    await using sides = await SideBySide.start(
      `upstream app { server ONE; keepalive 4; }
       proxy_set_header X-Outer outer;
       server {
         listen LISTEN;
         server_name first.example.com second.example.com;
         location /default/ { proxy_pass http://app; }
         location /address/ { proxy_pass http://ONE; }
         location /host/ { proxy_pass http://app; proxy_set_header Host $host; }
         location /http-host/ { proxy_pass http://app; proxy_set_header Host $http_host; }
         location /fixed/ { proxy_pass http://app; proxy_set_header Host "fixed.example.com"; }
         location /values/ {
           proxy_pass http://app;
           proxy_http_version 1.1;
           proxy_set_header Connection "";
           proxy_set_header Host $host;
           proxy_set_header X-Real-IP $remote_addr;
           proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
           proxy_set_header X-Uri $request_uri;
           proxy_set_header X-Method "$request_method of $scheme";
           proxy_set_header X-Args $args;
           proxy_set_header X-Header "[$http_x_given]";
           proxy_set_header X-Cookie "\${cookie_session}!";
           proxy_set_header X-Arg $arg_a;
           proxy_set_header X-Server "$server_name:$server_port {}";
           proxy_set_header X-Empty $http_not_there;
           proxy_set_header Accept-Encoding "";
           add_header X-Added "for $arg_a" always;
           proxy_hide_header X-Hidden;
         }
       }`,
      ['one'],
    );
    const headers = { 'x-given': 'g', cookie: 'a=b; session=s1', 'accept-encoding': 'gzip', 'x-outer': 'client' };
    const places = ['default', 'address', 'host', 'http-host', 'fixed', 'values'];
    await sameAnswers(
      sides,
      places.flatMap((place) =>
        ['first.example.com', 'SECOND.example.com:81'].map((host) => ({ path: `/${place}/x?a=1&b=2`, headers: { ...headers, host } })),
      ),
    );
    await sameAnswers(sides, [
      { path: '/values/y' },
      { path: '/values/z?a=', method: 'POST', body: 'some text', headers: { 'content-length': '9' } },
    ]);
  });

  test('what is answered without an endpoint is the same', async () => {
    await using sides = await SideBySide.start(
      `server {
         listen LISTEN;
         server_name example.com;
         if ($http_x_old) { return 410; }
         if ($request_method = DELETE) { return 405; }
         if ($arg_go ~ ^out$) { return 302 http://elsewhere.example.com/; }
         location / { return 404; }
         location = /health { return 200 "well\\n"; default_type text/x-health; }
         location /text { return 200 "plain text"; }
         location /gone/ { return 301 https://$host$request_uri; }
         location /path { return 302 /other; }
         location /temporary { return 307 /other?x=1; }
         location /forever { return 308 $scheme://new.example.com$request_uri; }
         location /url { return https://example.org/; }
         location /none { return 204; }
         location /moved/ { rewrite ^/moved/(.*)$ /there/$1 permanent; return 403; }
         location /away/ { rewrite ^/away/(\\w+)/(\\w+)$ https://example.org/$2/$1? redirect; return 403; }
         location /denied/ { deny 127.0.0.0/8; proxy_pass http://ONE; }
         location /allowed/ { allow 127.0.0.1; deny all; proxy_pass http://ONE; }
         location /closed/ { allow 10.0.0.0/8; deny all; proxy_pass http://ONE; }
         location ~ /\\.(?!well-known) { deny all; }
         location /shut/ { deny all; proxy_pass http://ONE; }
         location /hidden/ { internal; return 200 seen; location /hidden/more { proxy_pass http://ONE; } }
         location = /hidden-too { internal; deny all; proxy_pass http://ONE; }
         location /small/ { client_max_body_size 8; proxy_pass http://ONE; }
       }
       server { listen LISTEN2; return 301 http://www.example.com$request_uri; }`,
      ['one'],
    );
    await sameAnswers(sides, [
      ...asked('/', '/x', '/health', '/text', '/texts', '/gone/x?y=1', '/path', '/path?q', '/temporary', '/forever/a?b', '/url', '/none'),
      ...asked(
        '/moved/a',
        '/moved/',
        '/away/a/b',
        '/away/a',
        '/denied/x',
        '/allowed/x',
        '/closed/x',
        '/allowed',
        ...['/.git/config', '/x/.env', '/.well-known/acme', '/.well-knowN', '/.well', '/.well-known/.git', '/x/.', '/shut/x'],
        ...['/hidden/', '/hidden/x', '/hidden', '/hidden/more', '/hidden-too'],
        '/x?go=out',
        '/x?go=outer',
      ),
      { path: '/health', method: 'DELETE' },
      { path: '/health', headers: { 'x-old': 'yes' } },
      { path: '/health', headers: { 'x-old': '0' } },
      { path: '/path', headers: { host: 'Example.com:99' } },
      { path: '/small/x', method: 'POST', body: '12345678' },
      { path: '/small/x', method: 'POST', body: '123456789' },
    ]);
    await sameAnswers(sides, [...asked('/', '/a/b?c=d'), { path: '/', headers: { host: 'other' } }], 1);
  });

  test('keys keep their servers', async () => {
    const upstreams = [
      'hash $arg_key consistent',
      'hash $arg_key',
      'hash $request_uri consistent',
      'hash $http_x_user consistent',
      'ip_hash',
    ];
    await using sides = await SideBySide.start(
      `${upstreams.map((method, index) => `upstream u${index} { ${method}; server ONE; server TWO weight=2; server THREE; }`).join('\n')}
       server { listen LISTEN; ${upstreams.map((_, index) => `location /u${index}/ { proxy_pass http://u${index}; }`).join('\n')} }`,
      ['one', 'two', 'three'],
    );
    const users = Array.from({ length: 25 }, (_, index) => `user-${index * 7919}`);
    await sameAnswers(
      sides,
      upstreams.flatMap((_, index) => users.map((user) => ({ path: `/u${index}/x?key=${user}`, headers: { 'x-user': user } }))),
    );
  });

  test('a server that does not answer in time is left for another', async () => {
    await using dumb = await RecordingEndpoint.open(() => undefined);
    await using sides = await SideBySide.start(
      `upstream app { server ${dumb.address} max_fails=0; server ONE max_fails=0; }
       server {
         listen LISTEN;
         proxy_read_timeout 300ms;
         location / { proxy_pass http://app; }
         location /once/ { proxy_pass http://${dumb.address}; }
         location /never/ { proxy_pass http://app; proxy_next_upstream off; }
       }`,
      ['one'],
    );
    await sameAnswers(sides, asked('/a', '/b', '/once/a'));
    for (const side of ['nginx', 'evenkeel'] as const) {
      const statuses = [await sides.ask(side, { path: '/never/a' }), await sides.ask(side, { path: '/never/b' })].map(
        ({ status }) => status,
      );
      assert.deepEqual(statuses.sort(), [200, 504], side);
    }
  });

  test('a server that fails is left for another, and shares follow weights', async () => {
    await using sides = await SideBySide.start(
      `upstream app { server ONE weight=3; server TWO; }
       upstream broken { server 127.0.0.1:1; server ONE; }
       upstream spare { server ONE; server TWO backup; }
       upstream ill { server ONE; server TWO; }
       upstream backed { server 127.0.0.1:1; server TWO backup; }
       server {
         listen LISTEN;
         location / { proxy_pass http://app; }
         location /broken/ { proxy_pass http://broken; }
         location /backed/ { proxy_pass http://backed; }
         location /ill/ { proxy_pass http://ill; }
         location /x { proxy_pass http://ONE; }
         location /statuses/ { proxy_pass http://spare; proxy_next_upstream error timeout http_503; }
       }`,
      ['one', 'two'],
    );
    for (const side of ['nginx', 'evenkeel'] as const) {
      const endpoints: string[] = [];
      for (let count = 0; count < 16; count++) {
        const { body } = await sides.ask(side, { path: '/' });
        endpoints.push(typeof body === 'object' ? body.endpoint : 'none');
      }
      assert.equal(endpoints.filter((name) => name === 'one').length, 12, side);
    }
    await sameAnswers(
      sides,
      asked('/broken/a', '/broken/b', '/broken/c', '/backed/a', '/backed/b', '/x?status=500', '/statuses/x?status=503'),
    );
    // Errors that proxy_next_upstream does not name are held against nobody.
    for (const path of ['/ill/a?status=500', '/ill/b?status=503', '/ill/c?status=502', '/ill/d', '/ill/e']) {
      const [wanted, found] = await Promise.all([sides.ask('nginx', { path }), sides.ask('evenkeel', { path })]);
      assert.equal(found.status, wanted.status, path);
    }
  });

  test('fields with an underscore go on, where nginx leaves them out unless told otherwise', async () => {
    await using sides = await SideBySide.start(
      `server { listen LISTEN; location / { proxy_pass http://ONE; } }
       server { listen LISTEN2; underscores_in_headers on; location / { proxy_pass http://ONE; } }`,
      ['one'],
    );
    const headers = { x_under_score: 'yes' };
    const seenBy = async (side: 'nginx' | 'evenkeel'): Promise<unknown> => {
      const { body } = await sides.ask(side, { path: '/', headers });
      return typeof body === 'object' ? body.headers['x_under_score'] : 'no endpoint';
    };
    assert.deepEqual([await seenBy('nginx'), await seenBy('evenkeel')], [undefined, 'yes'], 'the report tells this difference');
    await sameAnswers(sides, [{ path: '/', headers }], 1);
  });
});
