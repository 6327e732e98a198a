import { readConfig } from './config.ts';
import { createReceiver } from './receiver.ts';
import { createSpanStore } from './span-store.ts';

const { port, folder } = readConfig();
const store = createSpanStore(folder);
const server = createReceiver((spans) => store.add(spans));
server.listen(port, '127.0.0.1');

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
