import { useRoster } from '../api/cases.ts';
import type { User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Who is on duty now, by post and number; nothing where the roster has nobody. */
export function OnDutyLine() {
  const { t } = useLanguage();
  const roster = useRoster();
  if (roster.data === undefined || roster.data.onDuty.length === 0) return null;
  const names = roster.data.onDuty.map(
    ({ post, number, until }) => `${t(`role.${post}`)} ${String(number).padStart(2, '0')} (–${until})`,
  );
  return <p className="quiet small">{t('roster.onDuty', { names: names.join(t('listComma')) })}</p>;
}

/** Says which of the own posts others are on duty for: what these do, one may only look at. */
export function OffDutyNote({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  if (user.offDuty.length === 0) return null;
  const posts = user.offDuty.map((role) => t(`role.${role}`)).join(t('listComma'));
  return <p>{t('roster.offDuty', { posts })}</p>;
}
