/* store/pathmap.c - ordered map from path keys to JSON trees: a treap, whose shape depends on the
 * keys alone, so that ten thousand items staged in order cost as little as in any order. */
#include <string.h>

#include <cjson/cJSON.h>

#include "server/core/mem.h"
#include "store/store_int.h"

int path_cmp(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	int d = memcmp(a, b, alen < blen ? alen : blen);

	return d ? d : alen < blen ? -1 : alen > blen;
}

/* FNV-1a with a final mix: keys that differ in their last byte must not make a list. */
static uint32_t prio_of(const uint8_t *key, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ key[i]) * 16777619u;
	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}

struct path_node *pathmap_find(const struct pathmap *m, const uint8_t *key, size_t len)
{
	struct path_node *n = m->root;
	int d;

	while (n && (d = path_cmp(key, len, n->key, n->len)))
		n = d < 0 ? n->left : n->right;
	return n;
}

struct path_node *pathmap_next(const struct pathmap *m, const uint8_t *key, size_t len, bool equal)
{
	struct path_node *n = m->root, *best = NULL;

	while (n) {
		int d = path_cmp(n->key, n->len, key, len);

		if (d > 0 || (equal && !d)) {
			best = n;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	return best;
}

/* Parts the tree below `n` at `key`, which is not in it. */
static void split(struct path_node *n, const uint8_t *key, size_t len, struct path_node **l,
		  struct path_node **r)
{
	while (n) {
		if (path_cmp(n->key, n->len, key, len) < 0) {
			*l = n;
			l = &n->right;
			n = n->right;
		} else {
			*r = n;
			r = &n->left;
			n = n->left;
		}
	}
	*l = *r = NULL;
}

struct path_node *pathmap_add(struct pathmap *m, const uint8_t *key, size_t len)
{
	struct path_node *node = pathmap_find(m, key, len), **at = &m->root;

	if (node)
		return node;
	node = mem_zalloc(sizeof(*node) + len);
	node->prio = prio_of(key, len);
	node->len = len;
	memcpy(node->key, key, len);
	while (*at && (*at)->prio >= node->prio)
		at = path_cmp(key, len, (*at)->key, (*at)->len) < 0 ? &(*at)->left : &(*at)->right;
	split(*at, key, len, &node->left, &node->right);
	*at = node;
	m->n++;
	return node;
}

void pathmap_clear(struct pathmap *m)
{
	struct path_node *n = m->root;

	/* Rotate left children up until there is none: no recursion, no stack. */
	while (n) {
		struct path_node *l = n->left, *r = n->right;

		if (l) {
			n->left = l->right;
			l->right = n;
			n = l;
			continue;
		}
		cJSON_Delete(n->value);
		mem_free(n);
		n = r;
	}
	m->root = NULL;
	m->n = 0;
}
