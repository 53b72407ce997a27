import type { Migration } from 'kysely';
import * as people from './0001-people.ts';
import * as audit from './0002-audit.ts';
import * as cameras from './0003-cameras.ts';
import * as candidates from './0004-candidates.ts';
import * as cases from './0005-cases.ts';
import * as cameraHealth from './0006-camera-health.ts';
import * as suppressedCandidates from './0007-suppressed-candidates.ts';
import * as evidenceRetention from './0008-evidence-retention.ts';
import * as custody from './0009-custody.ts';
import * as viewPurposes from './0010-view-purposes.ts';
import * as reviewDecisions from './0012-review-decisions.ts';
import * as cameraAttestations from './0013-camera-attestations.ts';
import * as reminders from './0014-reminders.ts';
import * as tuningSet from './0015-tuning-set.ts';
import * as caseClocks from './0020-case-clocks.ts';
import * as caseTransitions from './0021-case-transitions.ts';
import * as registries from './0022-registries.ts';
import * as caseLimits from './0023-case-limits.ts';
import * as blindPackages from './0024-blind-packages.ts';
import * as accounts from './0030-accounts.ts';
import * as apiKeys from './0031-api-keys.ts';
import * as auditContext from './0032-audit-context.ts';
import * as integrations from './0040-integrations.ts';
import * as open311 from './0041-open311.ts';
import * as enforcement from './0042-enforcement.ts';
import * as cameraAlarms from './0043-camera-alarms.ts';
import * as caseLists from './0055-case-lists.ts';
import * as indicatorTallies from './0056-indicator-tallies.ts';
import * as liveEvents from './0057-live-events.ts';
import * as indicatorSources from './0058-indicator-sources.ts';
import * as consultedUnits from './0060-consulted-units.ts';
import * as omissions from './0061-omissions.ts';
import * as regions from './0062-regions.ts';
import * as cameraGrids from './0065-camera-grids.ts';
import * as enforcementPolls from './0066-enforcement-polls.ts';
import * as searchText from './0077-search-text.ts';
import * as reviewPlaces from './0078-review-places.ts';
import * as answerableFilings from './0080-answerable-filings.ts';

/** By name, in order. A migration that has been released is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-people': people,
  '0002-audit': audit,
  '0003-cameras': cameras,
  '0004-candidates': candidates,
  '0005-cases': cases,
  '0006-camera-health': cameraHealth,
  '0007-suppressed-candidates': suppressedCandidates,
  '0008-evidence-retention': evidenceRetention,
  '0009-custody': custody,
  '0010-view-purposes': viewPurposes,
  '0012-review-decisions': reviewDecisions,
  '0013-camera-attestations': cameraAttestations,
  '0014-reminders': reminders,
  '0015-tuning-set': tuningSet,
  '0020-case-clocks': caseClocks,
  '0021-case-transitions': caseTransitions,
  '0022-registries': registries,
  '0023-case-limits': caseLimits,
  '0024-blind-packages': blindPackages,
  '0030-accounts': accounts,
  '0031-api-keys': apiKeys,
  '0032-audit-context': auditContext,
  '0040-integrations': integrations,
  '0041-open311': open311,
  '0042-enforcement': enforcement,
  '0043-camera-alarms': cameraAlarms,
  '0055-case-lists': caseLists,
  '0056-indicator-tallies': indicatorTallies,
  '0057-live-events': liveEvents,
  '0058-indicator-sources': indicatorSources,
  '0060-consulted-units': consultedUnits,
  '0061-omissions': omissions,
  '0062-regions': regions,
  '0065-camera-grids': cameraGrids,
  '0066-enforcement-polls': enforcementPolls,
  '0077-search-text': searchText,
  '0078-review-places': reviewPlaces,
  '0080-answerable-filings': answerableFilings,
};
