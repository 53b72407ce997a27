import { useLanguage } from '../i18n/language.tsx';
import type { Problem } from './list-problems.ts';
import { useFieldWords } from './use-field-words.ts';

/** What is wrong with a file, by line and field, in the server's words. */
export function ProblemTable({
  problems,
  count,
}: {
  readonly problems: readonly Problem[];
  readonly count: number;
}) {
  const { t } = useLanguage();
  const words = useFieldWords();
  return (
    <div className="table-frame" role="alert">
      <table className="entry-table">
        <caption>{t('registries.problems', { n: count })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('registries.where')}</th>
            <th scope="col">{t('registries.fieldName')}</th>
            <th scope="col">{t('registries.problem')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ where, field, message }) => (
            <tr key={`${where?.number} ${field} ${message}`}>
              <th scope="row">
                {where === null ? '–' : t(`registries.at.${where.unit}`, { n: where.number })}
              </th>
              <td>
                {field === null
                  ? '–'
                  : field
                      .split(',')
                      .map((name) => words.field(name))
                      .join(t('listComma'))}
              </td>
              <td className="error-line">{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
