import { useState } from 'react';
import type { ActionRequest } from '../api/cases.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { ActionNeed } from './action-needs.ts';

/** What only a few steps ask for, as it goes into their request. */
export type ExtraValues = Pick<ActionRequest, 'point' | 'exists' | 'until' | 'master' | 'omitted'>;

interface FieldProps {
  readonly values: ExtraValues;
  readonly onChange: (values: ExtraValues) => void;
}

export function ExtraFields({ needs, ...field }: FieldProps & { readonly needs: readonly ActionNeed[] }) {
  return (
    <>
      {needs.includes('point') && <PointField {...field} />}
      {needs.includes('exists') && <ExistsField {...field} />}
      {needs.includes('until') && <UntilField {...field} />}
      {needs.includes('master') && <MasterField {...field} />}
      {needs.includes('omitted') && <OmittedField {...field} />}
    </>
  );
}

/** The place where the phone is now. */
function PointField({ values, onChange }: FieldProps) {
  const { t } = useLanguage();
  const [failure, setFailure] = useState<string | null>(null);
  const locate = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setFailure(null);
        onChange({ ...values, point: { lon: coords.longitude, lat: coords.latitude } });
      },
      (error) => setFailure(error.message),
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  return (
    <div>
      <button type="button" className="button" onClick={locate}>
        {t('form.locate')}
      </button>{' '}
      {values.point !== undefined && (
        <span>
          {values.point.lon.toFixed(5)}, {values.point.lat.toFixed(5)}
        </span>
      )}
      {failure !== null && (
        <span className="error-line" role="alert">
          {t('form.noPosition', { message: failure })}
        </span>
      )}
    </div>
  );
}

function ExistsField({ values, onChange }: FieldProps) {
  const { t } = useLanguage();
  return (
    <label>
      <input
        type="checkbox"
        checked={values.exists ?? true}
        onChange={(event) => onChange({ ...values, exists: event.target.checked })}
      />{' '}
      {t('form.exists')}
    </label>
  );
}

function UntilField({ values, onChange }: FieldProps) {
  const { t } = useLanguage();
  const choose = (text: string) => {
    const { until: _before, ...rest } = values;
    const at = new Date(text);
    onChange(Number.isNaN(at.getTime()) ? rest : { ...rest, until: at.toISOString() });
  };
  return (
    <label>
      {t('form.until')}
      <input type="datetime-local" required onChange={(event) => choose(event.target.value)} />
    </label>
  );
}

/** Nothing is chosen beforehand: it goes into a collector's figures. */
function OmittedField({ values, onChange }: FieldProps) {
  const { t } = useLanguage();
  return (
    <fieldset className="omitted-field">
      <legend>{t('form.omitted')}</legend>
      {([true, false] as const).map((omitted) => (
        <label key={String(omitted)}>
          <input
            type="radio"
            name="omitted"
            checked={values.omitted === omitted}
            onChange={() => onChange({ ...values, omitted })}
          />{' '}
          {t(omitted ? 'omission.confirmed' : 'omission.dismissed')}
        </label>
      ))}
    </fieldset>
  );
}

function MasterField({ values, onChange }: FieldProps) {
  const { t } = useLanguage();
  return (
    <label>
      {t('form.master')}
      <input
        type="text"
        required
        maxLength={40}
        value={values.master ?? ''}
        onChange={(event) => onChange({ ...values, master: event.target.value.trim() })}
      />
    </label>
  );
}
