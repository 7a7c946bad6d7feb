#!/bin/bash
# Random configurations against the release build (tests/unit/test_config_property.c): tests/random.sh COUNT
t=build/rel/tests/unit/test_config_property
make -s "$t" && CONFIG_PROPERTY_COUNT=$1 "$t" && echo "$1 passed, 0 failed"
