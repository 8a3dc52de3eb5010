const date =
  "\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = `${octet}(?:\\.${octet}){3}`;
// Two hyphens in a row would say that a name is encoded, as in xn--.
const label = "[A-Za-z0-9]{1,15}(?:-[A-Za-z0-9]{1,15}){0,3}";
const hostname = `${label}(?:\\.${label}){0,3}`;
const count = "\\d{1,6}";
const day = `${count}D`;
const period = `(?:${count}Y(?:${count}M(?:${day})?)?|${count}M(?:${day})?)`;
const clock = `(?:${count}H(?:${count}M(?:${count}S)?)?|${count}M(?:${count}S)?|${count}S)`;
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}";
const path = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

/**
 * For each format a pattern of texts that have it. Some are stricter than the format, so that every text is right by all
 * validators: the 29th of February is not written, and addresses have usual characters only.
 */
export const FORMATS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map(
  Object.entries({
    date,
    time,
    "date-time": `${date}T${time}`,
    duration: `P(?:${count}W|(?:${period}|${day})(?:T${clock})?|T${clock})`,
    uuid: "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    email: `${atom}(?:\\.${atom}){0,2}@${label}(?:\\.${label}){1,3}`,
    hostname,
    ipv4,
    ipv6: "(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|::(?:[0-9a-fA-F]{1,4})?",
    uri: `https?://${hostname}(?::\\d{1,4})?(?:/${path}*)*(?:\\?${path}*)?(?:#${path}*)?`,
    regex: "[A-Za-z0-9 ]*",
    "json-pointer": "(?:/(?:[A-Za-z0-9 _.-]|~[01])*)*",
  }),
);
