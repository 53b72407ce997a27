import { type Static, Type } from 'typebox';
import { type Offence, offences, type ReviewResult, reviewResults } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { Nullable } from '../http/schema.ts';

const Agreement = Type.Object({
  pairs: Type.Integer({ description: 'Candidates that two people decided, the second not knowing' }),
  agreed: Type.Integer(),
  agreement: Nullable(Type.Number({ description: 'agreed / pairs; null without pairs' })),
  kappa: Nullable(
    Type.Number({
      description: "Cohen's kappa; null without pairs, or where both always decided the same one way",
    }),
  ),
});
type Agreement = Static<typeof Agreement>;

export const ReviewAgreement = Type.Object({
  share: Type.Number({ description: 'Of first decisions that are put before a second person' }),
  waiting: Type.Integer({ description: 'Put before a second person and not decided yet' }),
  overall: Agreement,
  byOffence: Type.Array(Type.Object({ offence: Type.Enum([...offences]), ...Agreement.properties })),
  disagreements: Type.Array(
    Type.Object({
      candidateId: Type.String(),
      offence: Type.Enum([...offences]),
      first: Type.Enum([...reviewResults]),
      second: Type.Enum([...reviewResults]),
    }),
    { description: 'The newest hundred' },
  ),
});

interface Pair {
  readonly candidateId: string;
  readonly offence: Offence;
  readonly first: ReviewResult;
  readonly second: ReviewResult;
}

const maxDisagreements = 100;

/** How far two people who do not know of each other decide alike, between two instants of the second decision. */
export async function compareReviews(
  context: ConsoleContext,
  span: { readonly fromMs: number | null; readonly toMs: number | null },
): Promise<Static<typeof ReviewAgreement>> {
  let query = context.db
    .selectFrom('candidate')
    .innerJoin('review as first', 'first.id', 'candidate.blind_review_id')
    .innerJoin('review as second', 'second.candidate_id', 'candidate.id')
    .select(['candidate.blind_of', 'candidate.offence', 'first.result as first', 'second.result as second'])
    .where('second.settled_at', 'is not', null)
    .orderBy('second.at', 'desc');
  if (span.fromMs !== null) query = query.where('second.at', '>=', new Date(span.fromMs));
  if (span.toMs !== null) query = query.where('second.at', '<', new Date(span.toMs));
  const rows = await query.execute();
  const pairs: Pair[] = rows.map(({ blind_of, offence, first, second }) => ({
    candidateId: blind_of ?? '',
    offence,
    first,
    second,
  }));
  const { waiting } = await context.db
    .selectFrom('candidate')
    .select((select) => select.fn.countAll<number>().as('waiting'))
    .where('blind_of', 'is not', null)
    .where('state', 'in', ['pending_review', 'in_review'])
    .executeTakeFirstOrThrow();
  return {
    share: context.review.blindShare,
    waiting,
    overall: toAgreement(pairs),
    byOffence: offences.flatMap((offence) => {
      const own = pairs.filter((pair) => pair.offence === offence);
      return own.length === 0 ? [] : [{ offence, ...toAgreement(own) }];
    }),
    disagreements: pairs.filter(({ first, second }) => first !== second).slice(0, maxDisagreements),
  };
}

/**
 * Raw agreement and Cohen's kappa, (po - pe) / (1 - pe): what two raters agree on beyond what their own frequencies of each
 * answer would give by chance (Cohen 1960).
 */
export function toAgreement(pairs: readonly Pick<Pair, 'first' | 'second'>[]): Agreement {
  const n = pairs.length;
  if (n === 0) return { pairs: 0, agreed: 0, agreement: null, kappa: null };
  const agreed = pairs.filter(({ first, second }) => first === second).length;
  const observed = agreed / n;
  const share = (rater: 'first' | 'second', result: ReviewResult) =>
    pairs.filter((pair) => pair[rater] === result).length / n;
  const expected = reviewResults.reduce(
    (sum, result) => sum + share('first', result) * share('second', result),
    0,
  );
  const kappa = expected === 1 ? null : (observed - expected) / (1 - expected);
  return { pairs: n, agreed, agreement: observed, kappa };
}
