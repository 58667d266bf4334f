import type { Document } from '../entities.ts';
import { invalid, malformedId, unknownId } from '../errors.ts';
import { isId, newId } from '../ids.ts';
import { isFields, onlyFields, requiredText, type Fields } from '../input.ts';
import type { World } from '../world.server.ts';

/** `file` is what the multipart parser makes of an uploaded file: its name, type and size. */
export function createDocument(world: World, body: Fields): Document {
  onlyFields(body, 'file', 'purpose');
  const { file } = body;
  if (!isFields(file)) throw invalid('The file field is required.', 'file');
  if (requiredText(body, 'purpose') !== 'dispute_evidence')
    throw invalid('The selected purpose is invalid.', 'purpose');
  const document: Document = {
    id: newId('doc'),
    purpose: 'dispute_evidence',
    name: requiredText(file, 'name'),
    mime_type: requiredText(file, 'type'),
    size: Number(file.size),
    created_at: world.clock.seconds(),
  };
  world.documents.insert(document, { parent: null, key: null });
  return document;
}

export function findDocument(world: World, id: string): Document {
  if (!isId('doc', id)) throw malformedId(id);
  const document = world.documents.find(id);
  if (!document) throw unknownId();
  return document;
}
