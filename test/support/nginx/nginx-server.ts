// A real nginx before the endpoints of a test, with a configuration file in a folder of its own.
import { findProgram, type ServerFolder, ServerProcess } from '../databases/server-process.ts';

const program = findProgram(['nginx']);

/** Why none can be started here; false when it can. Evenkeel listens beside it on another address of loopback, which only Linux has. */
export const noNginx: string | false =
  program === undefined ? 'nginx is not installed' : process.platform === 'linux' ? false : 'there is but one address of loopback here';

/** What belongs into every file: nothing outside of the folder is written to, and what it says goes to the test. */
export const ownFolder = (folder: ServerFolder): string => `
daemon off;
pid ${folder.file('nginx.pid')};
worker_processes 1;
error_log stderr notice;
events { worker_connections 256; }`;

export const ownPaths = (folder: ServerFolder): string => `
  access_log off;
  client_body_temp_path ${folder.file('body')};
  proxy_temp_path ${folder.file('proxy')};
  fastcgi_temp_path ${folder.file('fastcgi')};
  uwsgi_temp_path ${folder.file('uwsgi')};
  scgi_temp_path ${folder.file('scgi')};`;

/** Ready when it accepts connections. */
export async function startNginx(folder: ServerFolder, file: string): Promise<ServerProcess> {
  const command = [`${program}`, '-e', 'stderr', '-p', folder.path, '-c', file] as const;
  return ServerProcess.start(folder, [...command], { ready: /start worker process \d+/, endBy: 'SIGTERM' });
}
