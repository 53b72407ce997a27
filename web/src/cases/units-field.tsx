import { useUnits } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Several units, ticked. */
export function UnitsField({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (units: readonly string[]) => void;
}) {
  const { t } = useLanguage();
  const units = useUnits(true);
  return (
    <fieldset className="units-field">
      <legend>{t('form.units')}</legend>
      {units.isPending && <p className="quiet">{t('loading')}</p>}
      {units.error !== null && (
        <p className="error-line">{t('error.load', { message: describeError(units.error, t) })}</p>
      )}
      {units.data?.map(({ id, name }) => (
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
