// What the compiler must accept and refuse of those who ask the admin API. Checked by `npm run types`; nothing runs this.
import { connectAdmin } from 'evenkeel/client';

const client = connectAdmin({ address: 'unix:/run/evenkeel-admin.sock', token: '0123456789abcdef' });

export async function accepted(): Promise<string> {
  const { body: status } = await client.get('/api/v1/status');
  const first: string | undefined = status.pools[0]?.endpoints[0]?.id;

  const { body: pool, etag } = await client.get('/api/v1/config/pools/{pool}', { parameters: { pool: 'web' } });
  await client.put('/api/v1/config/pools/{pool}', {
    parameters: { pool: 'web' },
    body: { ...pool, balance: 'random', maxRequests: 100 },
    ...(etag === undefined ? {} : { ifMatch: etag }),
    query: { dryRun: true },
  });
  const put = await client.put('/api/v1/config/pools/{pool}/endpoints/{endpoint}', {
    parameters: { pool: 'web', endpoint: '10.0.0.3:8080' },
    body: { weight: 2 },
    ifNoneMatch: '*',
  });
  const added: readonly string[] = put.body.pools.added;
  const isNew: boolean = put.status === 201;

  await client.patch('/api/v1/pools/{pool}/endpoints/{endpoint}', {
    parameters: { pool: 'web', endpoint: '10.0.0.3:8080' },
    body: { state: 'draining', deadline: '10m' },
  });
  await client.post('/api/v1/config/transactions', { body: { changes: [{ op: 'delete', path: '/pools/old' }] }, query: { persist: true } });
  await client.post('/api/v1/reload', { body: {} });
  await client.delete('/api/v1/config/layer', { query: { path: '/pools/web' } });
  const ready: string = (await client.get('/readyz')).body;

  for await (const event of client.events({ since: '17' })) {
    if (event.kind === 'configuration') return `${event.version} ${event.origin}`;
    if (event.kind === 'missed') return String(event.missed);
    return event.endpoint;
  }
  return `${first} ${added.length} ${isNew} ${ready}`;
}

export async function refused(): Promise<void> {
  // @ts-expect-error: there is no such path.
  await client.get('/api/v1/pool/{pool}', { parameters: { pool: 'web' } });
  // @ts-expect-error: the path is not asked for with PUT.
  await client.put('/api/v1/status', { body: {} });
  // @ts-expect-error: which pool is not said.
  await client.get('/api/v1/pools/{pool}');
  // @ts-expect-error: the path has no such word.
  await client.get('/api/v1/pools/{pool}', { parameters: { pol: 'web' } });
  // @ts-expect-error: the body is missing.
  await client.put('/api/v1/config/pools/{pool}', { parameters: { pool: 'web' } });
  const web = { pool: 'web' };
  // @ts-expect-error: "fastest" is no policy.
  await client.put('/api/v1/config/pools/{pool}', { parameters: web, body: { endpoints: ['10.0.0.1:80'], balance: 'fastest' } });
  // @ts-expect-error: a duration has a unit.
  await client.put('/api/v1/config/pools/{pool}', { parameters: web, body: { endpoints: [], timeouts: { connect: '30' } } });
  const parameters = { pool: 'web', endpoint: '10.0.0.1:80' };
  // @ts-expect-error: "gone" is no state.
  await client.patch('/api/v1/pools/{pool}/endpoints/{endpoint}', { parameters, body: { state: 'gone' } });
  // @ts-expect-error: a state is changed by PATCH, and stands in no document.
  await client.put('/api/v1/config/pools/{pool}/endpoints/{endpoint}', { parameters, body: { state: 'down' } });
  // @ts-expect-error: there is no such operation.
  await client.post('/api/v1/config/transactions', { body: { changes: [{ op: 'move', path: '/pools/old' }] } });
  // @ts-expect-error: there is no such option.
  await client.delete('/api/v1/config/layer', { query: { paht: '/pools/web' } });
  // @ts-expect-error: reading has no condition.
  await client.get('/api/v1/config', { ifMatch: '1-00000000' });
  // @ts-expect-error: a status has no pools by name.
  (await client.get('/api/v1/status')).body.pools.web;
}
