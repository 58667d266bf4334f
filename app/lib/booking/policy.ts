import { POLICIES, type Policy } from '#events/shared/policy.ts';

/** The rules that a booking was made under, by the version written onto it. */
export function policyOf(version: string): Policy {
  const [first] = POLICIES;
  return POLICIES.find(({ policy }) => policy.version === version)?.policy ?? first.policy;
}
