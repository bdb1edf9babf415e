package io.anyqueue.json;

import static io.anyqueue.json.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The other tests run on the class path; this one loads the codec as the named module that it is. */
class ModuleTest {
    @Test
    void it_is_found_on_the_module_path_and_works_there() throws Exception {
        ModuleLayer layer = layer();
        Class<?> spi = layer.findLoader("io.anyqueue.api").loadClass("io.anyqueue.spi.Codec");

        Object codec = ServiceLoader.load(layer, spi).iterator().next();

        assertThat(codec.getClass().getModule().getName()).isEqualTo("io.anyqueue.json");
        assertThat(codec.getClass().getModule().getDescriptor().exports())
                .extracting(Object::toString)
                .containsExactly("io.anyqueue.json");
        Object body = spi.getMethod("encode", Object.class).invoke(codec, Map.of("a", 1));
        assertThat(text((byte[]) body)).isEqualTo("{\"a\":1}");
    }

    private static ModuleLayer layer() {
        Path[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("jackson") || entry.contains("queue-") || entry.contains("anyqueue-"))
                .filter(entry -> !entry.endsWith("test-classes"))
                .map(Path::of)
                .toArray(Path[]::new);
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(ModuleFinder.of(classPath), ModuleFinder.of(), Set.of("io.anyqueue.json"));
        return ModuleLayer.boot().defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
    }
}
