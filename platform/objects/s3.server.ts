import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { checkKey } from './key.ts';
import type { ObjectStore } from './objects.ts';

export interface S3Settings {
  /** Such as https://s3.ap-south-1.amazonaws.com or http://minio:9000. The bucket is put into the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A recording of an hour must fit through a slow line; a store that says nothing must not be waited for longer, ms. */
const TIMEOUT_MS = 300_000;

/** Objects in a bucket of an S3-compatible store. Nothing is asked of it before the first object. */
export async function openS3(settings: S3Settings): Promise<ObjectStore> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = settings;
  // Five tries with growing pauses, for answers of 429 and 5xx. Both requests may be repeated.
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 4 });
  const urlOf = (key: string): string => `${endpoint.replace(/\/$/, '')}/${bucket}/${key}`;

  return {
    kind: 's3',

    async put(key, body, contentType) {
      checkKey(key);
      const answer = await client.fetch(urlOf(key), {
        method: 'PUT',
        body: Buffer.from(body),
        headers: {
          'content-type': contentType,
          // Signed with the request: the store refuses bytes that changed on the way.
          'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answer.ok) throw await refusal('keep', key, answer);
    },

    async get(key) {
      checkKey(key);
      const answer = await client.fetch(urlOf(key), { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (answer.ok) {
        const body = new Uint8Array(await answer.arrayBuffer());
        return { body, contentType: answer.headers.get('content-type') ?? 'application/octet-stream' };
      }
      const error = await refusal('give', key, answer);
      // A missing bucket is also a 404, and a wrong setting rather than a missing object.
      if (answer.status === 404 && !error.message.includes('NoSuchBucket')) return null;
      throw error;
    },

    async close() {},
  };
}

async function refusal(what: string, key: string, answer: Response): Promise<Error> {
  const code = /<Code>([A-Za-z0-9]+)<\/Code>/.exec(await answer.text())?.[1] ?? '';
  return new Error(`The object store did not ${what} ${key}: ${answer.status} ${code}`.trimEnd());
}
