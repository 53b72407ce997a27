import { type Limit, type Offence, offences, toOffenceClass } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';

interface StandardText {
  readonly condition: string;
  readonly close: string;
  readonly limit: Limit;
}

/**
 * When a report is filed, how long disposal may take, when the case is closed. Only the vendor's limit is one that is known
 * of the city that the numbers come from; cities differ tenfold, so the others are examples to be replaced by one's own.
 */
const normal: Readonly<Record<Offence, StandardText>> = {
  sidewalk_parking: {
    condition: '机动车在人行道未施划停车泊位处停放',
    close: '车辆驶离或已依法处理',
    limit: { value: 3, unit: 'urgent_hour' },
  },
  non_motor_parking: {
    condition: '非机动车在停放区域外停放或停放无序',
    close: '车辆移走或摆放整齐',
    limit: { value: 3, unit: 'urgent_hour' },
  },
  street_vending: {
    condition: '在公共场所无照流动经营',
    close: '摊贩离开,场地恢复整洁',
    limit: { value: 4, unit: 'work_day' },
  },
  shop_overflow: {
    condition: '商品或设施超出门窗外墙经营',
    close: '超出部分已收回店内',
    limit: { value: 2, unit: 'urgent_hour' },
  },
  clutter: {
    condition: '未经许可堆放物料,或许可堆放但不整齐',
    close: '物料已清除或整理',
    limit: { value: 1, unit: 'work_day' },
  },
  exposed_garbage: {
    condition: '垃圾成堆裸露在容器之外',
    close: '垃圾已清运,地面整洁',
    limit: { value: 4, unit: 'work_hour' },
  },
  overflowing_bin: {
    condition: '垃圾容器装满溢出',
    close: '垃圾已清运,容器可用',
    limit: { value: 4, unit: 'work_hour' },
  },
  illegal_construction: {
    condition: '正在搭建或已建成的违法建筑物、构筑物',
    close: '已停工、拆除或已依法处理',
    limit: { value: 15, unit: 'work_day' },
  },
};

/** 紧急事件: whatever it is, four hours that run through nights and holidays. */
const urgentLimit: Limit = { value: 4, unit: 'urgent_hour' };

/** Adds the standards that come with the program and are not there yet; edited ones stay. */
export async function addDefaultStandards(db: Database): Promise<void> {
  await db
    .insertInto('standard')
    .values(
      offences.flatMap((offence) => {
        const { condition, close, limit } = normal[offence];
        const { scheme, code } = toOffenceClass(offence);
        const common = {
          offence,
          class_scheme: scheme,
          class_code: code,
          close_condition: close,
          is_default: true,
        };
        return [
          {
            id: `${offence}-normal`,
            level: 'normal',
            condition,
            ...common,
            limit_value: limit.value,
            limit_unit: limit.unit,
          },
          {
            id: `${offence}-urgent`,
            level: 'urgent',
            condition: `${condition}(紧急)`,
            ...common,
            limit_value: urgentLimit.value,
            limit_unit: urgentLimit.unit,
          },
        ] as const;
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
