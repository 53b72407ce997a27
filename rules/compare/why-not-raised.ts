import { type CandidateFacts, formatDuration, isInside, type Rule, toFootprint } from '../../domain/mod.ts';

/**
 * Why a scene does not raise what another scene raised, in words and numbers.
 * @param raised what the other scene raised
 * @param rule this scene's rule for it, `null` when there is none
 * @param followed what this scene knew of the thing, `null` when it never came to its onset
 */
export function explainNotRaised(
  raised: CandidateFacts,
  rule: Rule | null,
  followed: CandidateFacts | null,
): string {
  if (rule === null) return `no rule for ${raised.offence} in ${raised.zone}`;
  if (followed?.suppressed)
    return `held back (${followed.suppressed.reason}): ${followed.suppressed.explanation}`;
  if (!rule.classes.includes(raised.class))
    return `${raised.class} is none of the rule's classes (${rule.classes.join(', ')})`;
  if (rule.exempt.includes(raised.class)) return `${raised.class} is exempt`;
  const foot = toFootprint(raised.first.box);
  if (followed === null && !isInside(foot, rule.polygon))
    return `it stands at (${foot.map((value) => value.toFixed(2)).join(', ')}), outside ${rule.zone}`;
  const facts = followed ?? raised;
  if (facts.dwellMs < rule.legalMs && followed !== null)
    return `counted for ${formatDuration(facts.dwellMs)}, the limit is ${formatDuration(rule.legalMs)}`;
  if (facts.dwellMs < rule.legalMs)
    return `${formatDuration(facts.dwellMs)} at rest in the other scene, the limit is ${formatDuration(rule.legalMs)}`;
  if (facts.meanScore < rule.minScore)
    return `mean score ${facts.meanScore.toFixed(2)} is below ${rule.minScore}`;
  if (followed !== null)
    return `seen in ${facts.samplesSeen} of ${facts.samplesTaken} samples, too seldom or not of late`;
  return `no stay of it lasted to the onset of ${formatDuration(rule.onsetMs)} (gap ${formatDuration(rule.gapMs)})`;
}
