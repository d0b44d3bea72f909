# package: linux-source-6.12 6.12.117-1~deb12u1
# series: b916664b11b6
# config: 7d9201e41d02
# compiler: Debian clang version 22.1.8 (1~deb12u1)
# qemu: QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)
2684486843
