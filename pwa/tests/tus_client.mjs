/**
 * Uploads one file with tus-js-client as its makers ship it. Reads a task from standard input, writes what happened as JSON.
 * What is ours stands in the hooks that the client offers: the session's cookie and the device proof on each request.
 */
import {createHash, createPrivateKey, randomUUID, sign} from 'node:crypto';
import {text} from 'node:stream/consumers';
import * as tus from 'tus-js-client';

const task = JSON.parse(await text(process.stdin));
const data = Buffer.from(task.data, 'base64');
const key = createPrivateKey({key: task.jwk, format: 'jwk'});
const {d: _secret, ...jwk} = task.jwk;
const told = {requests: [], nonces: 0, errors: [], offsets: []};
let nonce = null;

const b64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function proof(method, path) {
  const header = {typ: 'dpop+jwt', alg: 'ES256', jwk};
  const claims = {
    htm: method, htu: task.origin + path, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), nonce, ath: task.ath,
  };
  const signed = `${b64url(header)}.${b64url(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), {key, dsaEncoding: 'ieee-p1363'}).toString('base64url')}`;
}

const options = (more) => ({
  endpoint: `${task.origin}/api/v1/blobs`,
  chunkSize: task.chunk,
  retryDelays: [0, 50, 100, 200, 400],
  metadata: {visit: task.visit, sha256: createHash('sha256').update(data).digest('hex'), filetype: 'image/jpeg'},
  onBeforeRequest(request) {
    const method = request.getMethod();
    const path = new URL(request.getURL()).pathname;
    told.requests.push(method);
    request.setHeader('Cookie', task.cookie);
    request.setHeader('Sec-Fetch-Site', 'same-origin');
    request.setHeader('X-Singgah', '1');
    request.setHeader('DPoP', proof(method, path));
    if (task.checksum && method === 'PATCH') {
      const offset = Number(request.getHeader('Upload-Offset'));
      const digest = createHash('sha256').update(data.subarray(offset, offset + task.chunk)).digest('base64');
      request.setHeader('Upload-Checksum', `sha256 ${digest}`);
    }
  },
  onAfterResponse(_request, response) {
    const fresh = response.getHeader('DPoP-Nonce');
    if (response.getStatus() === 401 && fresh) told.nonces += 1;
    nonce = fresh ?? nonce;
  },
  onShouldRetry(error) {
    told.errors.push(error.originalResponse?.getStatus() ?? 0);
    return true;
  },
  ...more,
});

/** One life of the client; with `stopAfter` it is given up after so many chunks, as when an app is closed. */
function upload(uploadUrl, stopAfter) {
  return new Promise((resolve, reject) => {
    let chunks = 0;
    const one = new tus.Upload(data, options({
      uploadUrl,
      onError: reject,
      onSuccess: () => resolve(one.url),
      onChunkComplete(_size, accepted) {
        chunks += 1;
        told.offsets.push(accepted);
        if (chunks === stopAfter) one.abort().then(() => resolve(one.url), reject);
      },
    }));
    one.start();
  });
}

try {
  told.url = await upload(null, task.stop_after);
  if (task.stop_after) told.url = await upload(told.url, null);
  told.done = true;
} catch (error) {
  told.failed = String(error);
}
console.log(JSON.stringify(told));
