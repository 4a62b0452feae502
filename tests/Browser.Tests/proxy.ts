import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A plain TCP proxy before several nodes: a connection goes to the first that takes it. */
export interface NodeProxy { port: number; /** The node that took the last connection. */ served: () => number; close: () => Promise<void> }

export async function startProxy(ports: readonly number[]): Promise<NodeProxy> {
  let served = 0;
  const sockets = new Set<Socket>();
  const join = (client: Socket, left: readonly number[]): void => {
    const [port, ...others] = left;
    if (port === undefined) {
      client.destroy();
      return;
    }
    const node = connect(port, '127.0.0.1');
    sockets.add(node);
    node.once('error', () => (node.connecting || node.bytesRead + node.bytesWritten === 0 ? join(client, others) : client.destroy()));
    node.once('connect', () => {
      served = port;
      node.removeAllListeners('error').on('error', () => client.destroy());
      client.pipe(node).pipe(client);
      client.once('close', () => node.destroy());
      node.once('close', () => client.destroy());
    });
  };
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    join(client, ports);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    served: () => served,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
