import { type FormEvent, useState } from 'react';
import type { CaseAction } from '../../../domain/mod.ts';
import { type ActionRequest, useStandards, useUnits } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { CaseDetail, CaseSummary, Photo } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { actionNeeds, isOptional } from './action-needs.ts';
import { ExtraFields, type ExtraValues } from './extra-fields.tsx';
import { PhotoField } from './photo-field.tsx';
import { UnitsField } from './units-field.tsx';

/** Asks for just what the action needs. */
export function ActionForm({
  detail,
  action,
  isBusy,
  onSubmit,
  onCancel,
}: {
  readonly detail: CaseDetail;
  readonly action: CaseAction;
  readonly isBusy: boolean;
  readonly onSubmit: (body: ActionRequest) => void;
  readonly onCancel: () => void;
}) {
  const { t } = useLanguage();
  const needs = actionNeeds[action];
  const [unit, setUnit] = useState('');
  // Who is named takes part, all of them: whoever takes part already is ticked beforehand.
  const [units, setUnits] = useState<readonly string[]>(() => detail.consulted.map(({ id }) => id));
  const [standard, setStandard] = useState('');
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const [photo, setPhoto] = useState<Photo | null>(null);
  const [before, setBefore] = useState<Photo | null>(null);
  const [extra, setExtra] = useState<ExtraValues>({});
  const isComplete =
    (!needs.includes('unit') || isOptional(action, 'unit') || unit !== '') &&
    (!needs.includes('units') || units.length > 0) &&
    (!needs.includes('beforePhoto') || before !== null) &&
    (!needs.includes('point') || extra.point !== undefined) &&
    (!needs.includes('omitted') || extra.omitted !== undefined) &&
    (!needs.includes('until') || extra.until !== undefined) &&
    (!needs.includes('master') || (extra.master ?? '') !== '') &&
    (!needs.includes('standard') || standard !== '') &&
    (!needs.includes('reason') || reason.trim() !== '') &&
    (!needs.includes('photo') || isOptional(action, 'photo') || photo !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    onSubmit({
      version: detail.version,
      ...(needs.includes('unit') && unit !== '' ? { unit } : {}),
      ...(needs.includes('units') ? { units } : {}),
      ...(needs.includes('standard') ? { standard } : {}),
      ...(needs.includes('reason') ? { reason: reason.trim() } : {}),
      ...(before !== null ? { beforePhoto: before.id } : {}),
      ...(photo !== null ? { photo: photo.id } : {}),
      ...extra,
      ...(note.trim() !== '' ? { note: note.trim() } : {}),
    });
  };
  return (
    <form className="action-form" onSubmit={submit} aria-label={t(`action.${action}`)}>
      {needs.includes('standard') && (
        <StandardField of={detail.class} level={detail.level} value={standard} onChange={setStandard} />
      )}
      {needs.includes('unit') && (
        <UnitField value={unit} isRouted={isOptional(action, 'unit')} onChange={setUnit} />
      )}
      {needs.includes('units') && <UnitsField asked={detail.consulted} chosen={units} onChange={setUnits} />}
      {needs.includes('beforePhoto') && (
        <PhotoField photo={before} label={t('photo.before')} onPhoto={setBefore} />
      )}
      {needs.includes('photo') && <PhotoField photo={photo} label={t('photo.take')} onPhoto={setPhoto} />}
      <ExtraFields needs={needs} values={extra} onChange={setExtra} />
      {needs.includes('reason') && (
        <label>
          {t(action === 'give_opinion' ? 'form.opinion' : 'form.reason')}
          <textarea
            rows={2}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
      )}
      <label>
        {t('form.note')}
        <textarea rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <div className="form-buttons">
        <button type="button" className="button" onClick={onCancel}>
          {t('cancel')}
        </button>
        <button type="submit" className="button primary" disabled={!isComplete || isBusy}>
          {t(`action.${action}`)}
        </button>
      </div>
    </form>
  );
}

function UnitField({
  value,
  isRouted,
  onChange,
}: {
  readonly value: string;
  readonly isRouted: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useLanguage();
  const units = useUnits(true);
  return (
    <label>
      {t('form.unit')}
      <select required={!isRouted} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">
          {units.isPending ? t('loading') : t(isRouted ? 'form.byRules' : 'form.choose')}
        </option>
        {units.data?.map((unit) => (
          <option key={unit.id} value={unit.id}>
            {unit.name}
          </option>
        ))}
      </select>
      {units.error !== null && (
        <span className="error-line">{t('error.load', { message: describeError(units.error, t) })}</span>
      )}
    </label>
  );
}

function StandardField({
  of,
  level,
  value,
  onChange,
}: {
  readonly of: CaseSummary['class'];
  readonly level: CaseSummary['level'];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useLanguage();
  const standards = useStandards(of, true);
  // The reviewer's level first: an urgent case is seldom registered under the normal limit.
  const choices = (standards.data ?? []).toSorted(
    (a, b) => Number(b.level === level) - Number(a.level === level),
  );
  return (
    <fieldset className="standards">
      <legend>{t('form.standard')}</legend>
      {standards.isPending && <p className="quiet">{t('loading')}</p>}
      {standards.error !== null && (
        <p className="error-line">{t('error.load', { message: describeError(standards.error, t) })}</p>
      )}
      {standards.data?.length === 0 && <p className="quiet">{t('form.noStandard')}</p>}
      {choices.map((choice) => (
        <label key={choice.id} className="standard">
          <input
            type="radio"
            name="standard"
            value={choice.id}
            checked={choice.id === value}
            onChange={() => onChange(choice.id)}
          />
          <span>
            <b>
              {t(`level.${choice.level}`)} · {choice.limit.value} {t(`limitUnit.${choice.limit.unit}`)}
            </b>
            <span>{t('form.condition', { text: choice.condition })}</span>
            <span className="quiet">{t('form.closeCondition', { text: choice.closeCondition })}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
