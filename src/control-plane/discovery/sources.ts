// Every source of endpoints, one line each. What settings name is found here by its `kind`.
export { dnsAddress } from './sources/dns-address.ts';
export { dnsService } from './sources/dns-service.ts';
export { httpList } from './sources/http-list.ts';
export { watchedFile } from './sources/watched-file.ts';
