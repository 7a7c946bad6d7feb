/* server/main.c - the map: start in order, run, stop in reverse. */
#include <stdio.h>

int main(void)
{
	printf("switchroom " SWITCHROOM_VERSION "\n");
	return 0;
}
