// Groups alerts, so that a teacher has less to read at once: many alerts of one kind about students, such as the faces
// of a class on a break, become one line that unfolds.
import { ALERTS } from "./alert-texts.js";

const GROUPED_FROM = 4;

// Returns the alerts with a group in place of its first member. A group is like the class's alert. Its alerts are open,
// of one kind, and either all acknowledged or none.
export function groupAlerts(alerts) {
  const groups = new Map();
  for (const alert of alerts.filter(isGroupable)) {
    const id = groupId(alert);
    if (!groups.has(id)) groups.set(id, []);
    groups.get(id).push(alert);
  }
  return alerts.flatMap((alert) => {
    const members = isGroupable(alert) ? groups.get(groupId(alert)) : [];
    if (members.length < GROUPED_FROM) return [alert];
    return alert === members[0] ? [toGroup(groupId(alert), members)] : [];
  });
}

export function selectUnacknowledged(alerts) {
  return alerts.filter(({ recovered_at, acknowledged_at }) => recovered_at === null && acknowledged_at === null);
}

// The id of an alert, or those of the alerts in a group.
export function listIds({ id, isGroup, explains }) {
  return isGroup ? explains.map((member) => member.id) : [id];
}

export function newestId(alerts) {
  return Math.max(...alerts.flatMap(({ id, explains }) => [id, ...explains.map((explained) => explained.id)]));
}

const isGroupable = ({ student, recovered_at }) => student !== null && recovered_at === null;

const groupId = ({ kind, acknowledged_at }) => `${kind}:${acknowledged_at === null ? "new" : "noted"}`;

function toGroup(id, members) {
  const [first] = members;
  const isNotedByOne = members.every(({ acknowledged_by }) => acknowledged_by?.id === first.acknowledged_by?.id);
  return {
    ...first,
    id,
    isGroup: true,
    student: null,
    name: ALERTS.several,
    reason: ALERTS.severalReasons[first.kind],
    since: Math.min(...members.map(({ since }) => since)),
    recovering_at: null,
    acknowledged_by: isNotedByOne ? first.acknowledged_by : null,
    explains: members,
  };
}
