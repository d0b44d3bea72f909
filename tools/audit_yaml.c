/* SPDX-License-Identifier: Apache-2.0 */
/* audit_yaml: optimization records, by libyaml; contract in audit_read.h. */
#include "tools/audit_read.h"

#include "tools/must.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Where a scalar stands: keys of the mappings around it. */
#define MOST_DEPTH 8

/* One remark while it is read. */
struct record {
	struct audit_site site;
	const char *pass;
	const char *keys[MOST_DEPTH]; /* the last key of each mapping */
	bool is_key[MOST_DEPTH];      /* the next scalar is a key */
	bool is_mapping[MOST_DEPTH];
	size_t depth; /* of open collections; deeper ones are not looked at */
};

struct reader {
	struct audit *audit;
	struct record record;
	bool is_remark; /* any document that looks like a remark */
};

static bool is_open(const struct record *record)
{
	return record->depth && record->depth <= MOST_DEPTH;
}

/* A value, or a whole collection, ended: its mapping goes on with a key. */
static void end_value(struct record *record)
{
	if (is_open(record) && record->is_mapping[record->depth - 1])
		record->is_key[record->depth - 1] = true;
}

static void open_collection(struct record *record, bool is_mapping)
{
	if (is_open(record))
		record->is_key[record->depth - 1] = false;
	record->depth++;
	if (!is_open(record))
		return;
	record->is_mapping[record->depth - 1] = is_mapping;
	record->is_key[record->depth - 1] = is_mapping;
	record->keys[record->depth - 1] = "";
}

static void close_collection(struct record *record)
{
	if (record->depth)
		record->depth--;
	end_value(record);
}

static unsigned int to_number(const char *value)
{
	struct piece digits = { value, strlen(value) };
	uint64_t number;

	if (!piece_to_number(digits, &number) || number > UINT_MAX)
		return 0;
	return number;
}

/* What stands directly in the document, or in its DebugLoc. */
static void take_field(struct record *record, const char *key,
		       const char *value)
{
	struct audit_site *site = &record->site;

	if (record->depth == 1 && !strcmp(key, "Pass"))
		record->pass = value;
	else if (record->depth == 1 && !strcmp(key, "Function"))
		site->function = value;
	else if (record->depth == 3 && !strcmp(key, "Callee"))
		site->callee = value;
	else if (record->depth == 2 && !strcmp(record->keys[0], "DebugLoc")) {
		if (!strcmp(key, "File"))
			site->file = audit_path_in(
				NULL, (struct piece){ value, strlen(value) });
		else if (!strcmp(key, "Line"))
			site->line = to_number(value);
		else if (!strcmp(key, "Column"))
			site->column = to_number(value);
	}
}

static void take_scalar(struct record *record, const yaml_event_t *event)
{
	struct piece text = { (const char *)event->data.scalar.value,
			      strlen((const char *)event->data.scalar.value) };
	size_t top = record->depth - 1;

	if (!is_open(record))
		return;
	if (record->is_key[top]) {
		record->keys[top] = must_keep(text);
		record->is_key[top] = false;
		return;
	}
	if (record->is_mapping[top])
		take_field(record, record->keys[top], must_keep(text));
	end_value(record);
}

static void begin_record(struct reader *reader)
{
	const char *none = must_keep_string("");

	memset(&reader->record, 0, sizeof(reader->record));
	reader->record.pass = none;
	reader->record.site = (struct audit_site){
		.file = none,
		.function = none,
		.callee = none,
		.kind = SITE_UNTYPED,
		.source = FROM_REMARK,
	};
}

static void end_record(struct reader *reader)
{
	if (*reader->record.pass)
		reader->is_remark = true;
	if (strcmp(reader->record.pass, "alloc-token"))
		return;
	reader->audit->nr_remarks++;
	audit_add(reader->audit, &reader->record.site);
}

static void take_event(struct reader *reader, const yaml_event_t *event)
{
	struct record *record = &reader->record;

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		begin_record(reader);
		return;
	case YAML_DOCUMENT_END_EVENT:
		end_record(reader);
		return;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		open_collection(record,
				event->type == YAML_MAPPING_START_EVENT);
		return;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		close_collection(record);
		return;
	case YAML_SCALAR_EVENT:
		take_scalar(record, event);
		return;
	default:
		return;
	}
}

/* Reads to the end of the stream: NULL, or what is wrong and in which line. */
static const char *read_stream(yaml_parser_t *parser, struct reader *reader,
			       size_t *line)
{
	yaml_event_t event;
	bool is_end = false;

	while (!is_end) {
		if (!yaml_parser_parse(parser, &event)) {
			*line = parser->problem_mark.line + 1;
			return parser->problem
				       ? must_keep_string(parser->problem)
				       : "not YAML";
		}
		is_end = event.type == YAML_STREAM_END_EVENT;
		take_event(reader, &event);
		yaml_event_delete(&event);
	}
	*line = 0;
	return reader->is_remark ? NULL : "not an optimization record";
}

/* Each remark ends with a line of three dots: so does the whole record. */
static const char *find_cut(struct piece text, size_t *line)
{
	struct line_cursor cursor;
	struct piece last = { "", 0 };

	line_cursor_init(&cursor, text.start, text.length);
	while (line_next(&cursor, &last))
		*line = cursor.number;
	return piece_is(last, "...") ? NULL : "the record is cut";
}

int audit_read_yaml(struct audit *audit, struct piece text,
		    struct text_fault *fault)
{
	struct reader reader = { .audit = audit };
	const char *what;
	yaml_parser_t parser;
	size_t line = 0;

	begin_record(&reader);
	if (!yaml_parser_initialize(&parser)) {
		*fault = (struct text_fault){ .what = "no memory" };
		return -1;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.start,
				     text.length);
	what = read_stream(&parser, &reader, &line);
	yaml_parser_delete(&parser);
	if (!what)
		what = find_cut(text, &line);
	if (what) {
		*fault = (struct text_fault){ line, what };
		return -1;
	}
	audit->nr_inputs[FROM_REMARK]++;
	return 0;
}
