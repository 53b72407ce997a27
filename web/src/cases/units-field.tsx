import { useUnits } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { UnitRef } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Several units, ticked; of those that were asked before also what is at work no more, so that it can be left out. */
export function UnitsField({
  asked,
  chosen,
  onChange,
}: {
  readonly asked: readonly UnitRef[];
  readonly chosen: readonly string[];
  readonly onChange: (units: readonly string[]) => void;
}) {
  const { t } = useLanguage();
  const units = useUnits(true);
  const known = units.data ?? [];
  const gone =
    units.data === undefined ? [] : asked.filter(({ id }) => !known.some((unit) => unit.id === id));
  return (
    <fieldset className="units-field">
      <legend>{t('form.units')}</legend>
      {units.isPending && <p className="quiet">{t('loading')}</p>}
      {units.error !== null && (
        <p className="error-line">{t('error.load', { message: describeError(units.error, t) })}</p>
      )}
      {[...gone, ...known].map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
            }
          />{' '}
          {name}
        </label>
      ))}
    </fieldset>
  );
}
