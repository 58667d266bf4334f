/** Reads what a merchant sends against a dispute. */
import { EVIDENCE_FIELDS, type Evidence } from '../entities.ts';
import { invalid } from '../errors.ts';
import { amountOrUndefined, isFields, requiredText, textList, textOrNull, type Fields } from '../input.ts';

const LONGEST_SUMMARY = 1_000;

export function emptyEvidence(amount: number): Evidence {
  return {
    amount,
    summary: null,
    shipping_proof: null,
    billing_proof: null,
    cancellation_proof: null,
    customer_communication: null,
    proof_of_service: null,
    explanation_letter: null,
    refund_confirmation: null,
    access_activity_log: null,
    refund_cancellation_policy: null,
    term_and_conditions: null,
    others: null,
    submitted_at: null,
  };
}

/** `known` with what `body` says of it; fields that are left out stay, null takes one away. */
export function mergeEvidence(known: Evidence, body: Fields, disputed: number): Evidence {
  const amount = amountOrUndefined(body) ?? known.amount;
  if (amount > disputed) throw invalid('The amount contested is greater than the amount disputed.', 'amount');
  const merged: Evidence = { ...known, amount };
  if (body.summary !== undefined) merged.summary = textOrNull(body, 'summary', LONGEST_SUMMARY);
  for (const name of EVIDENCE_FIELDS) if (body[name] !== undefined) merged[name] = documentIds(body, name);
  if (body.others !== undefined) merged.others = readOthers(body);
  return merged;
}

function documentIds(fields: Fields, name: string): string[] | null {
  const ids = textList(fields, name);
  return ids.length === 0 ? null : ids;
}

function readOthers(body: Fields): Evidence['others'] {
  if (body.others === null) return null;
  if (!Array.isArray(body.others)) throw invalid('The others must be an array.', 'others');
  const entries: unknown[] = body.others;
  return entries.map((entry) => {
    if (!isFields(entry)) throw invalid('The others must be an array.', 'others');
    return { type: requiredText(entry, 'type'), document_ids: textList(entry, 'document_ids') };
  });
}

/** Every document it names. */
export function documentsIn(evidence: Evidence): string[] {
  const listed = EVIDENCE_FIELDS.flatMap((name) => evidence[name] ?? []);
  return [...listed, ...(evidence.others ?? []).flatMap(({ document_ids: ids }) => ids)];
}
