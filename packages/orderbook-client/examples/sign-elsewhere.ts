// Connects without the private key ever being in this process: every handshake is signed by OpenSSL. An HSM, a cloud key
// or a service of your own fits in the same way. For an RSA key; Ed25519 wants `pkeyutl -sign -rawin`.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/sign-elsewhere.ts KXGOLD15M-26AUG102115-15
import { execFileSync } from 'node:child_process';
import { createOrderbookClient, type Signer } from '@trader/orderbook-client';

const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE, OPENSSL = 'openssl' } = process.env;
if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');

const padding = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'];
const signer: Signer = {
  keyId: KALSHI_KEY_ID,
  // It may as well be asynchronous. Whatever it throws is a SIGNER_FAILED, and the client tries again later.
  sign: (text) =>
    execFileSync(OPENSSL, ['dgst', '-sha256', ...padding, '-sign', KALSHI_PRIVATE_KEY_FILE], {
      input: text,
    }).toString('base64'),
};

await using client = createOrderbookClient({
  url: KALSHI_URL ?? 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  credentials: signer,
  markets: process.argv.slice(2),
});
client.on('problem', ({ error }) => console.error(error.code, error.message));
client.start();
await client.whenSynced({ timeoutMs: 10_000 });
for (const book of client.books())
  console.log(book.market, `${book.depth('yes')} YES bids, ${book.depth('no')} NO bids`);
