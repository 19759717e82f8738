/** The wire: asks for a view, hands on what comes, says when it is down. */
import { io } from 'socket.io-client';
import { receive, setWire, trouble } from './live.js';

/** @type {import('socket.io-client').Socket | null} */
let socket = null;
/** @type {{view: string, params: Record<string, any>} | null} */
let wanted = null;

/** @param {number} n */
const ack = (n) => socket?.emit('ack', { n });

/** Follow a view; again after every reconnection. @param {string} view @param {Record<string, any>} params */
export function watch(view, params) {
  wanted = { view, params };
  if (!socket) connect();
  else if (socket.connected) socket.emit('watch', wanted);
}

function connect() {
  socket = io({ transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 5000 });
  socket.on('connect', () => {
    setWire('live');
    socket?.emit('watch', wanted);
  });
  socket.on('disconnect', (reason) => {
    setWire('down');
    // The server hung up on purpose (a viewer that did not answer): the client does not come back by itself.
    if (reason === 'io server disconnect') setTimeout(() => socket?.connect(), 1000);
  });
  socket.on('connect_error', () => void explain());
  socket.on('model', (m) => receive({ kind: 'model', ...m }, ack));
  socket.on('delta', (m) => receive({ kind: 'delta', ...m }, ack));
  socket.on('error', (m) => (trouble.value = String(m?.message ?? m)));
}

/** A handshake that failed does not say why: a server that is gone and a login that ran out look the same. */
async function explain() {
  try {
    const answer = await fetch('/api/tasks?limit=1', { cache: 'no-store' });
    setWire(answer.status === 401 ? 'refused' : 'down');
  } catch {
    setWire('down');
  }
}
